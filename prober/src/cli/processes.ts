import { readFileSync } from 'node:fs'
import type { Processes } from './data-folder.ts'

/**
 * The processes of this machine, from /proc. Where there is none (a laptop that is no Linux), a pid alone has to do: who
 * lives has always started at the same time.
 */
export const realProcesses = (pid: number): Processes => {
  const bootId = readOr('/proc/sys/kernel/random/boot_id', '').trim()
  return { pid, bootId, startOf: bootId === '' ? isAlive : startInProc }
}

/** Field 22 of /proc/<pid>/stat; the command before it stands in brackets and may hold anything. */
const startInProc = (pid: number): string | null => {
  const stat = readOr(`/proc/${pid}/stat`, '')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

const isAlive = (pid: number): string | null => {
  try {
    process.kill(pid, 0)
    return 'alive'
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM' ? 'alive' : null
  }
}

const readOr = (path: string, otherwise: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}
