import { join } from 'node:path'
import { lockFolder, type Processes } from '@llmstatus/shared/data-folder'
import { CodedError } from '@llmstatus/shared/errors'
import type { Disk } from './disk.ts'
import type { Files } from './files.ts'
import type { Settings } from './settings.ts'

/** What stands where in the data folder, and who may have it. */
type Place = Pick<Settings, 'dataDir'>

export const keyPath = ({ dataDir }: Place): string => join(dataDir, 'aggregator.key')
export const databaseFolder = ({ dataDir }: Place): string => join(dataDir, 'database')
/** While it is made; once it is whole, and not in place yet; and what was there before, kept for the operator. */
export const restoringFolder = ({ dataDir }: Place): string => join(dataDir, 'database.restoring')
export const restoredFolder = ({ dataDir }: Place): string => join(dataDir, 'database.restored')
export const replacedFolder = ({ dataDir }: Place): string => join(dataDir, 'database.replaced')
/** Whose lock a backup takes that has a database in use copied, and the copy. */
export const backupFolder = ({ dataDir }: Place): string => join(dataDir, 'backup')
export const copyFolder = (place: Place): string => join(backupFolder(place), 'database')
export const socketPath = ({ dataDir }: Place): string => join(dataDir, 'control.sock')

/** Also between the two names of a restore that somebody interrupted. */
export const hasDatabase = (files: Pick<Files, 'exists'>, place: Place): boolean =>
  files.exists(databaseFolder(place)) || files.exists(restoredFolder(place))

/**
 * Puts a restored database in place. Each step is one rename, so that after any interruption the same steps, taken again,
 * end at the same place.
 */
export const finishRestore = (
  {
    files,
    disk,
  }: { readonly files: Pick<Files, 'exists' | 'rename' | 'settle'>; readonly disk: Pick<Disk, 'removeTree'> },
  place: Place,
): void => {
  if (!files.exists(restoredFolder(place))) return
  const folder = databaseFolder(place)
  if (files.exists(folder)) {
    disk.removeTree(replacedFolder(place))
    files.rename(folder, replacedFolder(place))
  }
  files.rename(restoredFolder(place), folder)
  files.settle(folder)
}

/** With a database and a key from outside there is nothing to keep here, and nothing that two replicas could share. */
export const usesFolder = ({ databaseUrl, keyFile }: Settings): boolean => databaseUrl === null || keyFile === null

/** One process at a time, which finishes what an interrupted one began. Gives back what lets go of it. */
export const takeFolder = (
  { files, disk, processes }: { readonly files: Files; readonly disk: Disk; readonly processes: Processes },
  settings: Settings,
): (() => void) => {
  checkSocketPath(socketPath(settings))
  const release = lockFolder({ disk: files, processes, folder: settings.dataDir })
  finishRestore({ files, disk }, settings)
  return release
}

/** A socket's path is short on every system: 108 bytes here, 104 there, with the one that ends it. */
const checkSocketPath = (path: string): void => {
  if (Buffer.byteLength(path) < 104) return
  throw new CodedError('data_dir_unusable', `The path of the data folder is too long for the socket in it: ${path}`, {
    hint: 'Set LLMSTATUS_DATA_DIR to a shorter path, or to one that is relative to where you start.',
  })
}
