import { join } from 'node:path'
import { lockFolder, type Processes } from '@llmstatus/shared/data-folder'
import { CodedError } from '@llmstatus/shared/errors'
import type { Files } from './files.ts'
import type { Settings } from './settings.ts'

/** What stands where in the data folder, and who may have it. */
type Place = Pick<Settings, 'dataDir'>

export const keyPath = ({ dataDir }: Place): string => join(dataDir, 'aggregator.key')
export const databaseFolder = ({ dataDir }: Place): string => join(dataDir, 'database')
export const socketPath = ({ dataDir }: Place): string => join(dataDir, 'control.sock')

/** With a database and a key from outside there is nothing to keep here, and nothing that two replicas could share. */
export const usesFolder = ({ databaseUrl, keyFile }: Settings): boolean => databaseUrl === null || keyFile === null

/** One process at a time. Gives back what lets go of it. */
export const takeFolder = (
  { files, processes }: { readonly files: Files; readonly processes: Processes },
  settings: Settings,
): (() => void) => {
  checkSocketPath(socketPath(settings))
  return lockFolder({ disk: files, processes, folder: settings.dataDir })
}

/** A socket's path is short on every system: 108 bytes here, 104 there, with the one that ends it. */
const checkSocketPath = (path: string): void => {
  if (Buffer.byteLength(path) < 104) return
  throw new CodedError('data_dir_unusable', `The path of the data folder is too long for the socket in it: ${path}`, {
    hint: 'Set LLMSTATUS_DATA_DIR to a shorter path, or to one that is relative to where you start.',
  })
}
