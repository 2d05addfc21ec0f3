import type { Kysely, Transaction } from 'kysely'
import type { Db } from './schema.ts'

export type EngineName = 'pglite' | 'postgres'

/** What a query runs on: the database itself, or the transaction around it. On PGlite the two must never be mixed. */
export type Queries = Kysely<Db> | Transaction<Db>

/** One connection inside one transaction, for scripts of many statements. Only migrations need it. */
export interface Session {
  readonly exec: (script: string) => Promise<void>
  readonly query: <Row>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>
}

export interface Store {
  readonly db: Kysely<Db>
  readonly engine: EngineName
  readonly transact: <T>(run: (session: Session) => Promise<T>) => Promise<T>
  readonly close: () => Promise<void>
}

/** Postgres numbers its types; these are read the same way by both engines. */
export const typeOids = { bytea: 17, int8: 20, date: 1082 } as const
