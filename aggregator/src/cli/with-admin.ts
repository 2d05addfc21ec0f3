import { CodedError } from '@llmstatus/shared/errors'
import type { Admin } from '../admin/admin.ts'
import { connectAdmin } from '../admin/control-socket.ts'
import { localAdmin } from '../admin/local-admin.ts'
import { hasDatabase, socketPath, takeFolder } from '../config/folder.ts'
import { openData } from '../config/open-data.ts'
import { publicUrlOf, type Settings } from '../config/settings.ts'
import { readMigrations } from '../db/migrate.ts'
import type { Shell } from './shell.ts'

/**
 * Asks the server that runs here, where one does. Else this process takes its place for a moment: the folder's lock, or a
 * connection where DATABASE_URL is set.
 */
export const withAdmin = async <T>(shell: Shell, settings: Settings, ask: (admin: Admin) => Promise<T>): Promise<T> => {
  if (settings.databaseUrl !== null) return askHere(shell, settings, ask)
  const running = await connectAdmin(socketPath(settings))
  if (running !== null) return ask(running)
  const release = takeFolder(shell, settings)
  try {
    return await askHere(shell, settings, ask)
  } finally {
    release()
  }
}

/** A question about what is there makes nothing: in the wrong folder the answer would be a new, empty database. */
export const requireData = ({ files }: Pick<Shell, 'files'>, settings: Settings): void => {
  if (settings.databaseUrl !== null || hasDatabase(files, settings)) return
  throw new CodedError('data_dir_unusable', `There is no database in ${settings.dataDir}.`, {
    hint: 'Set LLMSTATUS_DATA_DIR to the folder of the server, or start the server once.',
  })
}

const askHere: typeof withAdmin = async (shell, settings, ask) => {
  const migrations = readMigrations(shell.files, shell.migrations)
  const { store, keys } = await openData({ ...shell, settings, migrations, log: shell.quietLog })
  try {
    return await ask(localAdmin({ ...shell, db: store.db, keys, publicUrl: publicUrlOf(settings) }))
  } finally {
    await store.close()
  }
}
