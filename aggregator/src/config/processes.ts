import type { Processes } from '@llmstatus/shared/data-folder'
import type { Files } from './files.ts'

/**
 * What /proc says of processes. Where there is none, a process that runs is taken for the one that wrote the lock.
 */
export const processesFrom = (
  files: Pick<Files, 'read'>,
  self: { readonly pid: number; readonly isRunning: (pid: number) => boolean },
): Processes => ({
  pid: self.pid,
  bootId: readOr(files, '/proc/sys/kernel/random/boot_id', '').trim(),
  startOf: pid => {
    const stat = readOr(files, `/proc/${pid}/stat`, null)
    return stat === null ? (self.isRunning(pid) ? '' : null) : startTime(stat)
  },
})

const readOr = <T>(files: Pick<Files, 'read'>, path: string, otherwise: T): string | T => {
  try {
    return files.read(path)
  } catch {
    return otherwise
  }
}

/**
 * Field 22, in ticks since the boot; the second one is the program's name, which may hold spaces and brackets. A zombie
 * is gone: it waits for nothing but its parent, and in a container without an init that is for ever.
 */
const startTime = (stat: string): string | null => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return /^[ZX]/.test(fields[0] ?? '') ? null : (fields[19] ?? '')
}
