import type { Logger } from 'pino'
import { type Migration, migrate } from '../db/migrate.ts'
import { openStore, type ServerPlace, type Where } from '../db/open-store.ts'
import type { Store } from '../db/store.ts'
import { type Keys, openKeys } from '../keys/keys.ts'
import type { Files } from './files.ts'
import { databaseFolder, keyPath } from './folder.ts'
import { type KeyPlace, keyFile } from './key-file.ts'
import type { Settings } from './settings.ts'

/** The keys and the database, together: the schema is there, and nobody with another key has used it. */
export interface Data {
  readonly store: Store
  readonly keys: Keys
}

export interface DataDeps {
  readonly settings: Settings
  readonly files: Files
  readonly random: (bytes: number) => Uint8Array
  readonly clock: { readonly nowMs: () => number }
  readonly migrations: readonly Migration[]
  readonly log: Pick<Logger, 'info' | 'warn'>
}

export const openData = async (deps: DataDeps): Promise<Data> => {
  const { settings, files, random, clock, migrations, log } = deps
  const file = keyFile(files, random, keyPlace(settings))
  // before the database is opened: without a key there is nothing to open it for
  file.read()
  const store = await openStore(databasePlace(files, settings), error =>
    log.warn({ reason: error.message }, 'a database connection broke'),
  )
  try {
    for (const name of await migrate(store, migrations))
      log.info({ migration: name }, 'the schema was brought up to date')
    return { store, keys: await openKeys({ db: store.db, clock, file }) }
  } catch (error) {
    await store.close()
    throw error
  }
}

export const keyPlace = (settings: Settings): KeyPlace =>
  settings.keyFile === null ? { path: keyPath(settings), kind: 'own' } : { path: settings.keyFile, kind: 'given' }

/** The server that was named, and all that is needed to get in. */
export const serverPlace = (files: Pick<Files, 'read'>, settings: Settings): ServerPlace | null => {
  const { databaseUrl, databasePassword, caFile } = settings
  return databaseUrl === null ? null : { databaseUrl, password: databasePassword, caFile, read: files.read }
}

/** A server's, or a folder of our own that nobody else can read. */
export const databasePlace = (files: Pick<Files, 'makeFolder' | 'read'>, settings: Settings): Where => {
  const server = serverPlace(files, settings)
  if (server !== null) return server
  files.makeFolder(databaseFolder(settings))
  return { dataDir: databaseFolder(settings) }
}
