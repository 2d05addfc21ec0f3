import { join } from 'node:path'
import { CodedError } from '@llmstatus/shared/errors'
import { sql } from 'kysely'
import type { Disk, Entry } from '../config/disk.ts'
import type { Files } from '../config/files.ts'
import type { Store } from '../db/store.ts'

/**
 * A copy of the embedded database while it is in use, to be opened by somebody else. PGlite has one connection: a long
 * transaction on it would stop ingest, and reading in pieces would show many moments. So this is what a base backup of any
 * Postgres is: the files as they lie there, copied beside the work, and the log of everything that changed meanwhile. Whoever
 * opens the copy finds the database as it was at the end of it.
 *
 * Invariants
 * - From start to stop Postgres logs whole pages, so a page that was copied half is mended from the log.
 * - The log is copied last, from the segment that the start names, and none of it may be missing.
 * - Only the checkpoint at the start holds others up. Everything else waits for the disk and not for us.
 */
export interface Copying {
  readonly db: Store['db']
  readonly disk: Disk
  readonly files: Pick<Files, 'write' | 'makeFolder'>
  /** The folder of the database, and the one to make. */
  readonly from: string
  readonly to: string
}

export const copyRunning = async (copying: Copying): Promise<void> => {
  const { db, disk, files, from, to } = copying
  disk.removeTree(to)
  files.makeFolder(to)
  const entries = disk.tree(from)
  refuseFullDisk(disk, entries, to)
  const { rows: started } = await sql<{ segment: string }>`
    select pg_walfile_name(pg_backup_start('llmstatus', true)) as segment`.execute(db)
  let label: string
  try {
    await copyFiles(copying, disk.tree(from))
  } finally {
    const { rows } = await sql<{ labelfile: string }>`select labelfile from pg_backup_stop(false)`.execute(db)
    label = rows[0]?.labelfile ?? ''
  }
  const { rows: ended } = await sql<{ segment: string }>`
    select pg_walfile_name(pg_current_wal_lsn()) as segment`.execute(db)
  await copyLog(copying, { first: started[0]?.segment ?? '', last: ended[0]?.segment ?? '' })
  files.write(join(to, 'backup_label'), label)
}

/** One at a time: Postgres knows one backup of a session. */
export const createCopier = ({ store, ...rest }: Omit<Copying, 'db'> & { readonly store: Store }) => {
  let isCopying = false
  return async (): Promise<{ readonly folder: string }> => {
    if (store.engine === 'postgres')
      throw new CodedError('usage', 'This server keeps nothing in its folder: its database is a Postgres.', {
        hint: 'Run the command with the same DATABASE_URL as the server.',
      })
    if (isCopying)
      throw new CodedError('database_in_use', 'The server copies its database already.', { hint: 'Wait for that.' })
    isCopying = true
    try {
      await copyRunning({ ...rest, db: store.db })
      return { folder: rest.to }
    } finally {
      isCopying = false
    }
  }
}

const mib = (bytes: number): number => Math.ceil(bytes / (1 << 20))
/** For the log that grows while it is copied, and for the server to go on with. */
const spareBytes = 256 << 20

const refuseFullDisk = (disk: Disk, entries: readonly Entry[], to: string): void => {
  const needed = entries.reduce((sum, entry) => sum + entry.bytes, spareBytes)
  const free = disk.freeBytes(to)
  if (free >= needed) return
  throw new CodedError('disk_full', `A copy of the database needs ${mib(needed)} MiB, and ${mib(free)} are free.`, {
    hint: 'Make room in the data folder, or stop the server for the backup: then there is no copy.',
  })
}

const log = 'pg_wal'
const control = join('global', 'pg_control')
/** Of the process that runs, or made anew at each start. */
const left: ReadonlySet<string> = new Set([
  'postmaster.pid',
  'postmaster.opts',
  'backup_label',
  'backup_label.old',
  control,
])
const emptied = ['pg_replslot', 'pg_stat_tmp', 'pg_dynshmem', 'pg_notify', 'pg_serial', 'pg_snapshots', 'pg_subtrans']

const isCopied = ({ path, kind }: Entry): boolean =>
  kind === 'folder' || (!left.has(path) && ![log, ...emptied].some(folder => path.startsWith(`${folder}/`)))

/** Side by side: to hear of each that it is done takes as long as the server is busy. */
const copiesAtATime = 8

const copyFiles = async ({ disk, files, from, to }: Copying, entries: readonly Entry[]): Promise<void> => {
  const copied = entries.filter(isCopied)
  for (const { path, kind } of copied) if (kind === 'folder') files.makeFolder(join(to, path))
  const waiting = copied.filter(({ kind }) => kind === 'file')
  const copyNext = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
      // what is gone by now was dropped, and the log says so too
      await disk.copy(join(from, next.path), join(to, next.path))
  }
  const copying = await Promise.allSettled(Array.from({ length: copiesAtATime }, copyNext))
  for (const one of copying) if (one.status === 'rejected') throw one.reason
  // while PGlite, which writes it, does not run
  disk.copyNow(join(from, control), join(to, control))
}

const copyLog = async (
  { disk, from, to }: Copying,
  { first, last }: { readonly first: string; readonly last: string },
): Promise<void> => {
  const names = disk
    .tree(join(from, log))
    .map(entry => entry.path)
    .filter(name => /^[0-9A-F]{24}$/.test(name) && name >= first && name <= last)
  for (const name of names) await disk.copy(join(from, log, name), join(to, log, name))
  const copied = new Set(disk.tree(join(to, log)).map(entry => entry.path))
  if (copied.has(first) && copied.has(last) && names.every(name => copied.has(name)) && isUnbroken(names)) return
  throw new CodedError('database_in_use', 'The database cut its log while it was copied.', { hint: 'Try again.' })
}

/** 24 hexadecimal digits: timeline, and twice eight of the segment, the last of them counting to 255. */
const isUnbroken = (names: readonly string[]): boolean =>
  names
    .toSorted()
    .map(name => Number.parseInt(name.slice(8, 16), 16) * 256 + Number.parseInt(name.slice(16), 16))
    .every((n, at, all) => at === 0 || n === (all[at - 1] ?? 0) + 1)
