import { Kysely, PostgresDialect } from 'kysely'
import { Pool, type PoolClient, type QueryConfig, types } from 'pg'
import { type Connection, connectionOf } from './connection.ts'
import type { Db } from './schema.ts'
import { type Session, type Store, typeOids } from './store.ts'

/** Nothing waits for ever: what takes longer is a database that is stuck, and the prober is told to come back. */
const patience = {
  connectionTimeoutMillis: 5_000,
  lock_timeout: 10_000,
  statement_timeout: 30_000,
  query_timeout: 35_000,
  idle_in_transaction_session_timeout: 60_000,
} as const

const noFile = (path: string): never => {
  throw new Error(`nothing reads ${path} here`)
}

const readers = new Map<number, (text: string) => unknown>([
  [typeOids.int8, Number],
  [typeOids.date, text => text],
])

/** A plain URL is for tests and benches, on this machine. */
export const openServer = (where: string | Connection, onIdleError: (error: Error) => void): Store => {
  const pool = new Pool({
    ...(typeof where === 'string' ? connectionOf({ url: where, password: null, caFile: null, read: noFile }) : where),
    ...patience,
    max: 10,
    keepAlive: true,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        readers.get(oid) ??
        (format === 'binary' ? types.getTypeParser(oid, 'binary') : types.getTypeParser(oid, 'text')),
    },
  })
  // without a listener a server that restarts would end this process: the pool itself opens new connections
  pool.on('error', onIdleError)
  // and the pool listens only while a connection is idle: one that breaks in use is reported by its query
  pool.on('connect', client => client.on('error', () => undefined))
  return {
    db: new Kysely<Db>({ dialect: new PostgresDialect({ pool }) }),
    engine: 'postgres',
    transact: run => withTransaction(pool, run),
    close: async () => {
      if (!pool.ended) await pool.end()
    },
  }
}

const withTransaction = async <T>(pool: Pool, run: (session: Session) => Promise<T>): Promise<T> => {
  const client = await pool.connect()
  try {
    await client.query('begin; set local statement_timeout = 0; set local lock_timeout = 0')
    const result = await run(sessionOf(client))
    await client.query('commit')
    client.release()
    return result
  } catch (error) {
    // a connection that failed is not given back: closing it is also what rolls back
    client.release(true)
    throw error
  }
}

/** A migration of a full database, or a restore, has statements that take as long as they take. */
const aDayMs = 86_400_000

const sessionOf = (client: PoolClient): Session => ({
  exec: async script => void (await client.query(patiently(script))),
  query: async <Row>(text: string, values: readonly unknown[] = []) =>
    (await client.query(patiently(text), [...values])).rows as Row[],
})

/** The driver reads `query_timeout` from a query too, and its types do not say so. */
const patiently = (text: string): QueryConfig => ({ text, query_timeout: aDayMs }) as QueryConfig
