import { CodedError } from '@llmstatus/shared/errors'
import type { Disk } from '../config/disk.ts'
import type { Files } from '../config/files.ts'
import { databaseFolder, finishRestore, restoredFolder, restoringFolder } from '../config/folder.ts'
import { openEmbedded } from '../db/open-embedded.ts'
import { isUnavailable } from '../db/unavailable.ts'
import { type Filling, fill } from './fill.ts'
import { notEmpty, refuseNonEmpty } from './target.ts'

/**
 * An archive → the data folder, whose lock is ours.
 *
 * Invariants
 * - It is made in a folder beside the database, and flushed; then its name says that it is whole. Until then the database is
 *   the old one, and what is left of an interrupted attempt is thrown away by the next.
 * - From then on the database is the new one: whoever takes the folder next puts it in place (`finishRestore`).
 */
export interface EmbeddedTarget {
  readonly files: Files
  readonly disk: Disk
  readonly place: { readonly dataDir: string }
}

export const refuseUsedFolder = async ({ files, place }: EmbeddedTarget): Promise<void> => {
  const folder = databaseFolder(place)
  if (!files.exists(folder)) return
  const store = await openEmbedded({ dataDir: folder }).catch(cause => {
    throw notEmpty(`${folder} cannot be opened (${String(cause)})`)
  })
  await store.transact(refuseNonEmpty).finally(() => store.close())
}

export const restoreToFolder = async (target: EmbeddedTarget, filling: Omit<Filling, 'engine'>): Promise<void> => {
  const { files, disk, place } = target
  const folder = restoringFolder(place)
  disk.removeTree(folder)
  files.makeFolder(folder)
  try {
    const store = await openEmbedded({ dataDir: folder })
    await store.transact(session => fill(session, { ...filling, engine: 'pglite' })).finally(() => store.close())
    await disk.settleTree(folder)
  } catch (error) {
    const isFull = isUnavailable(error) || disk.freeBytes(place.dataDir) < fullBytes
    disk.removeTree(folder)
    throw error instanceof CodedError || !isFull ? error : diskFull(error, place)
  }
  files.rename(folder, restoredFolder(place))
  files.settle(folder)
  finishRestore({ files, disk }, place)
}

/** PGlite that cannot write panics, with any words: a segment of its log is 16 MiB, so less than a few of them is none. */
const fullBytes = 64 << 20

const diskFull = (cause: unknown, { dataDir }: EmbeddedTarget['place']): CodedError =>
  new CodedError('disk_full', `The new database could not be written to ${dataDir}: no room is left there.`, {
    hint: 'Make room there and run this again. The database is what it was before.',
    cause,
  })
