import { join } from 'node:path'
import { CodedError } from '@llmstatus/shared/errors'
import { z } from 'zod'
import { errnoOf, type Files } from './files.ts'

/**
 * The data folder belongs to one process at a time: `lock` in it names the process, the boot of its machine, and when the
 * process started.
 *
 * Invariants
 * - The lock is made whole under another name and linked into place, so nobody ever reads half of one.
 * - It is taken over only from a process that is certainly gone: another boot, no such pid, or a pid that was given
 *   to somebody else since. A container that starts again finds its own pid in it, and a later start.
 */
export interface Processes {
  readonly pid: number
  readonly bootId: string
  /** When this pid started, in any unit that differs between two processes; null where there is none. */
  readonly startOf: (pid: number) => string | null
}

const Holder = z.strictObject({ pid: z.int(), boot: z.string(), start: z.string() })
type Holder = z.infer<typeof Holder>

export interface DataFolder {
  readonly path: string
  readonly release: () => void
}

export const openDataFolder = (files: Files, processes: Processes, path: string): DataFolder => {
  prepare(files, processes, path)
  const lock = join(path, 'lock')
  const mine = JSON.stringify({
    pid: processes.pid,
    boot: processes.bootId,
    start: processes.startOf(processes.pid) ?? '',
  } satisfies Holder)
  takeLock({ files, processes, lock, mine })
  return {
    path,
    release: () => {
      if (readLock(files, lock) === mine) files.remove(lock)
    },
  }
}

/** Made where it is missing, and written to once, so that the first write of the database is not the one that fails. */
const prepare = (files: Files, processes: Processes, path: string): void => {
  const trial = join(path, `.write-test-${processes.pid}`)
  try {
    files.makeFolder(path)
    files.write(trial, '')
    files.remove(trial)
  } catch (cause) {
    throw new CodedError('data_dir_unusable', `The data folder ${path} cannot be written (${errnoOf(cause)}).`, {
      hint: 'Set LLMSTATUS_DATA_DIR to a folder that this user may write, or change the owner of this one.',
      cause,
    })
  }
}

interface Taking {
  readonly files: Files
  readonly processes: Processes
  readonly lock: string
  readonly mine: string
}

const takeLock = ({ files, processes, lock, mine }: Taking): void => {
  const draft = `${lock}.${processes.pid}`
  files.write(draft, mine)
  try {
    if (linked(files, draft, lock)) return
    const there = readLock(files, lock)
    if (there !== null && isAlive(processes, there)) throw locked(lock, there)
    if (there !== null) setAside({ files, processes, lock, stale: there })
    if (!linked(files, draft, lock)) throw locked(lock, readLock(files, lock))
  } finally {
    files.remove(draft)
  }
}

const linked = (files: Files, draft: string, lock: string): boolean => {
  try {
    files.link(draft, lock)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

const readLock = (files: Files, lock: string): string | null => {
  try {
    return files.readText(lock)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}

const isAlive = (processes: Processes, text: string): boolean => {
  const holder = holderOf(text)
  if (holder === null || holder.boot !== processes.bootId) return false
  return processes.startOf(holder.pid) === holder.start
}

const holderOf = (text: string): Holder | null => {
  try {
    return Holder.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Whoever was faster has put its own lock there: that one goes back. */
const setAside = (taking: Omit<Taking, 'mine'> & { readonly stale: string }): void => {
  const { files, processes, lock, stale } = taking
  const aside = `${lock}.stale.${processes.pid}`
  try {
    files.rename(lock, aside)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw error
  }
  if (readLock(files, aside) !== stale) linked(files, aside, lock)
  files.remove(aside)
}

const locked = (lock: string, text: string | null): CodedError => {
  const holder = text === null ? null : holderOf(text)
  const who = holder === null ? 'another process' : `process ${holder.pid}`
  return new CodedError('data_dir_locked', `The data folder is in use by ${who} (${lock}).`, {
    hint: 'Stop that process, or set LLMSTATUS_DATA_DIR to another folder.',
  })
}
