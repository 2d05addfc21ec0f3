import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A small disk of its own, where this machine lets us mount one. */
export interface SmallDisk {
  readonly path: string
  /** All but so much. */
  readonly fill: (leftBytes: number) => void
  readonly free: () => void
  readonly remove: () => void
}

export const mountDisk = (mib: number): SmallDisk | null => {
  const path = mkdtempSync('/tmp/llmstatus-disk-')
  const ballast = join(path, 'ballast')
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m,mode=0755`, 'llmstatus-test', path], { stdio: 'ignore' })
  } catch {
    rmSync(path, { recursive: true })
    return null
  }
  return {
    path,
    fill: leftBytes => {
      const { bavail, bsize } = statfsSync(path)
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leftBytes)))
    },
    free: () => rmSync(ballast),
    remove: () => {
      execFileSync('umount', ['-l', path])
      rmSync(path, { recursive: true })
    },
  }
}
