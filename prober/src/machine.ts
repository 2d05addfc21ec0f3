import {
  closeSync,
  constants,
  createReadStream,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { LockDisk, Processes } from '@llmstatus/shared/data-folder'
import type { Powers } from './cli/powers.ts'

/** Of the real machine what is read at start: files, and who else runs on it. */

export const readFile = (path: string): string => readFileSync(path, 'utf8')

export const readBytes = (path: string): AsyncIterable<Uint8Array> => createReadStream(path)

/** Whichever file the name leads to now: a secret that is mounted is a link to a link. */
export const stampOf = (path: string): string => {
  try {
    const { mtimeMs, size, ino } = statSync(path)
    return `${mtimeMs} ${size} ${ino}`
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
  }
}

export const listFiles = (folder: string): readonly string[] => readdirSync(folder).sort()

/** Not `recursive`: under /proc, where a folder cannot be made and is not there either, Node never comes back from it. */
const makeFolder = (path: string): void => {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code === 'EEXIST' && statSync(path).isDirectory()) return
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    makeFolder(dirname(path))
    mkdirSync(path, { mode: 0o700 })
  }
}

/** On disk when it returns. Not `flush`: that is an fsync, which Node's permission model has no answer for but no. */
const { O_WRONLY, O_CREAT, O_TRUNC, O_SYNC } = constants
const writeSynced = (path: string, text: string): void => {
  const file = openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_SYNC, 0o600)
  try {
    writeFileSync(file, text)
  } finally {
    closeSync(file)
  }
}

export const lockDisk: LockDisk = {
  makeFolder,
  read: readFile,
  write: writeSynced,
  link: linkSync,
  rename: renameSync,
  remove: path => rmSync(path, { force: true }),
}

/** What /proc says. Where there is none, a process that runs is taken for the one that is meant. */
export const processesOf = (pid: number, isRunning: (pid: number) => boolean): Processes => ({
  pid,
  bootId: readOr('/proc/sys/kernel/random/boot_id', '').trim(),
  startOf: each => {
    const stat = readOr(`/proc/${each}/stat`, null)
    return stat === null ? (isRunning(each) ? '' : null) : startTime(stat)
  },
})

const readOr = <T>(path: string, otherwise: T): string | T => {
  try {
    return readFile(path)
  } catch {
    return otherwise
  }
}

/** Field 22, in ticks since the boot; the second one is the program's name, which may hold spaces and brackets. */
const startTime = (stat: string): string => stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''

export const powersOf = ({ getuid, permission }: Pick<NodeJS.Process, 'getuid' | 'permission'>): Powers => ({
  user: getuid?.() ?? null,
  hasCapabilities: hasCapabilities(readOr('/proc/self/status', '')),
  isRootReadOnly: isRootReadOnly(readOr('/proc/self/mounts', '')),
  model:
    permission === undefined
      ? null
      : {
          readsEverything: permission.has('fs.read'),
          writesElsewhere: permission.has('fs.write'),
          startsProcesses: permission.has('child'),
          loadsAddons: permission.has('addon'),
        },
})

/** The effective set, in hexadecimal. */
const hasCapabilities = (status: string): boolean | null => {
  const set = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1]
  return set === undefined ? null : /[^0]/.test(set)
}

/** The last mount at a place is the one that counts. */
const isRootReadOnly = (mounts: string): boolean | null => {
  const root = mounts
    .split('\n')
    .map(line => line.split(' '))
    .findLast(([, at]) => at === '/')
  return root === undefined ? null : (root[3] ?? '').split(',').includes('ro')
}
