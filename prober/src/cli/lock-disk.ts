import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { LockDisk } from './data-folder.ts'

/** A real disk. */
export const lockDisk: LockDisk = {
  makeFolder: path => {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  },
  read: path => readFileSync(path, 'utf8'),
  write: (path, text) => writeFileSync(path, text, { mode: 0o600 }),
  link: linkSync,
  rename: renameSync,
  remove: path => rmSync(path, { force: true }),
}
