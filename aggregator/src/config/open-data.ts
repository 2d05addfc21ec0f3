import type { SigningKey } from '@llmstatus/shared/identity'
import type { Logger } from 'pino'
import { holdKey } from '../db/hold-key.ts'
import { type Migration, migrate } from '../db/migrate.ts'
import { openStore, type Where } from '../db/open-store.ts'
import type { Store } from '../db/store.ts'
import type { Files } from './files.ts'
import { databaseFolder, keyPath } from './folder.ts'
import { loadKey } from './key-file.ts'
import type { Settings } from './settings.ts'

/** The key and the database, together: the schema is there, and nobody with another key has used it. */
export interface Data {
  readonly store: Store
  readonly key: SigningKey
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
  const { keyFile } = settings
  const place = { path: keyFile ?? keyPath(settings), kind: keyFile === null ? 'own' : 'given' } as const
  const key = await loadKey(files, random, place)
  const store = await openStore(databasePlace(files, settings), error =>
    log.warn({ reason: error.message }, 'a database connection broke'),
  )
  try {
    for (const name of await migrate(store, migrations))
      log.info({ migration: name }, 'the schema was brought up to date')
    await holdKey(store.db, key.kid, clock.nowMs())
    return { store, key }
  } catch (error) {
    await store.close()
    throw error
  }
}

/** A server's, or a folder of our own that nobody else can read. */
export const databasePlace = (files: Pick<Files, 'makeFolder'>, settings: Settings): Where => {
  if (settings.databaseUrl !== null) return { databaseUrl: settings.databaseUrl }
  files.makeFolder(databaseFolder(settings))
  return { dataDir: databaseFolder(settings) }
}
