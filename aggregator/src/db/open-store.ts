import { reveal, type Secret } from '@llmstatus/shared/secret'
import { sql } from 'kysely'
import { checkServer } from './check-server.ts'
import { connectionOf } from './connection.ts'
import { explainConnection } from './explain.ts'
import { openEmbedded } from './open-embedded.ts'
import { openServer } from './open-server.ts'
import type { Store } from './store.ts'

export interface ServerPlace {
  readonly databaseUrl: Secret
  /** Where the URL holds none. */
  readonly password: Secret | null
  /** In place of the system's authorities. */
  readonly caFile: string | null
  readonly read: (path: string) => string
}

export type Where = ServerPlace | { readonly dataDir: string }

/** `onIdleError` hears of connections that broke while nobody used them. */
export const openStore = async (where: Where, onIdleError: (error: Error) => void): Promise<Store> => {
  if ('dataDir' in where) return openEmbedded({ dataDir: where.dataDir })
  const { databaseUrl, password, caFile, read } = where
  const url = reveal(databaseUrl)
  const connection = connectionOf({ url, password: password === null ? null : reveal(password), caFile, read })
  const place = placeOf(connection)
  const store = openServer(connection, onIdleError)
  try {
    await sql`select 1`.execute(store.db)
    await checkServer(store.db, place)
    return store
  } catch (error) {
    await store.close()
    throw explainConnection(error, place) ?? error
  }
}

/** Without user and password. */
const placeOf = ({ host, port, database }: ReturnType<typeof connectionOf>): string =>
  host?.startsWith('/') ? host : `${host}:${port ?? 5432}${database === undefined ? '' : `/${database}`}`
