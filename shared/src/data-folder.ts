import { z } from 'zod'
import { CodedError } from './errors.ts'
import type { Processes } from './processes.ts'

export { type Processes, processesOf } from './processes.ts'

/**
 * The data folder belongs to one process at a time: `lock` in it names the process, the boot of its machine, and when the
 * process started.
 *
 * Invariants
 * - The lock is made whole under another name and linked into place, so nobody ever reads half of one.
 * - It is taken over only from a process that is certainly gone: another boot, no such pid, or a pid that was given to
 *   somebody else since. A container that starts again finds its own pid in it, and a later start.
 */

/** What locking needs from a disk; the program that has one brings it. Errors are the system's. */
export interface LockDisk {
  readonly makeFolder: (path: string) => void
  readonly read: (path: string) => string
  readonly write: (path: string, text: string) => void
  readonly link: (from: string, to: string) => void
  readonly rename: (from: string, to: string) => void
  readonly remove: (path: string) => void
}

const Holder = z.strictObject({ pid: z.int(), boot: z.string(), start: z.string() })
type Holder = z.infer<typeof Holder>

interface Locking {
  readonly disk: LockDisk
  readonly processes: Processes
  readonly folder: string
}

/** Gives back what releases it. */
export const lockFolder = (locking: Locking): (() => void) => {
  const { disk, processes, folder } = locking
  prepare(locking)
  const path = `${folder}/lock`
  const { pid, bootId } = processes
  const mine = JSON.stringify({ pid, boot: bootId, start: processes.startOf(pid) ?? '' } satisfies Holder)
  take(locking, path, mine)
  return () => {
    if (readIfThere(disk, path) === mine) disk.remove(path)
  }
}

/** Written to once, so that the first result is not the first thing that cannot be written. */
const prepare = ({ disk, processes, folder }: Locking): void => {
  const trial = `${folder}/.write-test.${processes.pid}`
  try {
    disk.makeFolder(folder)
    disk.write(trial, '')
    disk.remove(trial)
  } catch (cause) {
    throw unusable(folder, cause)
  }
}

const unusable = (folder: string, cause: unknown): CodedError => {
  const code = codeOf(cause)
  const isFull = code === 'ENOSPC' || code === 'EDQUOT'
  return new CodedError('data_dir_unusable', `The data folder ${folder} cannot be written (${code}).`, {
    hint: isFull
      ? 'Make room on its disk: a start needs some KiB.'
      : 'Set LLMSTATUS_DATA_DIR to a folder that this user may write, or change the owner of this one.',
    cause,
  })
}

const take = (locking: Locking, path: string, mine: string): void => {
  const { disk, processes } = locking
  const draft = `${path}.${processes.pid}`
  try {
    writeDraft(locking, draft, mine)
    if (linked(disk, draft, path)) return
    const there = readIfThere(disk, path)
    if (there !== null && isAlive(processes, there)) throw locked(path, there)
    if (there !== null) setAside(locking, path, there)
    if (!linked(disk, draft, path)) throw locked(path, readIfThere(disk, path))
  } finally {
    disk.remove(draft)
  }
}

/** A disk that is full takes a name, and then not a byte. */
const writeDraft = ({ disk, folder }: Locking, draft: string, mine: string): void => {
  try {
    disk.write(draft, mine)
  } catch (cause) {
    throw unusable(folder, cause)
  }
}

const linked = (disk: LockDisk, from: string, to: string): boolean => {
  try {
    disk.link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Where somebody was faster, what was set aside is theirs, and goes back. */
const setAside = ({ disk, processes }: Locking, path: string, stale: string): void => {
  const aside = `${path}.stale.${processes.pid}`
  try {
    disk.rename(path, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  if (readIfThere(disk, aside) !== stale) linked(disk, aside, path)
  disk.remove(aside)
}

const readIfThere = (disk: LockDisk, path: string): string | null => {
  try {
    return disk.read(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

const isAlive = ({ bootId, startOf }: Processes, text: string): boolean => {
  const holder = holderOf(text)
  return holder !== null && holder.boot === bootId && startOf(holder.pid) === holder.start
}

const holderOf = (text: string): Holder | null => {
  try {
    return Holder.parse(JSON.parse(text))
  } catch {
    return null
  }
}

const locked = (path: string, text: string | null): CodedError => {
  const holder = text === null ? null : holderOf(text)
  const who = holder === null ? 'another process' : `process ${holder.pid}`
  return new CodedError('data_dir_locked', `The data folder is in use by ${who} (${path}).`, {
    hint: 'Stop that process, or set LLMSTATUS_DATA_DIR to another folder.',
  })
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)
