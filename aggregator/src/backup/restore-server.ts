import { CodedError } from '@llmstatus/shared/errors'
import { nextMigration } from '../db/migrate.ts'
import type { Session, Store } from '../db/store.ts'
import { isUnavailable } from '../db/unavailable.ts'
import { quoted, readTables } from './catalogue.ts'
import { type Filling, fill } from './fill.ts'
import { tableNames } from './tables.ts'
import { refuseNonEmpty } from './target.ts'

/**
 * An archive → a server. One transaction, from the first table that is dropped to the last row: until it commits, whoever
 * looks sees the old database, and whatever ends it leaves that one.
 */
export const restoreToServer = async (store: Store, filling: Omit<Filling, 'engine'>, over: Over): Promise<void> => {
  try {
    await store.transact(async session => {
      await refuseTarget(session, over)
      await dropOurs(session, filling)
      await fill(session, { ...filling, engine: 'postgres' })
    })
  } catch (error) {
    throw explained(error)
  }
}

export type Over = 'empty' | 'anything'

/** Asked before anything else is done, and again where it counts. */
export const refuseTarget = async (session: Session, over: Over): Promise<void> => {
  await refuseCompany(session)
  if (over === 'empty') await refuseNonEmpty(session)
}

const explained = (error: unknown): unknown => {
  if (error instanceof CodedError || !isUnavailable(error)) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new CodedError('database_unreachable', `The database broke off the restore: ${reason}`, {
    hint: 'Mend that and run this again. The database is what it was before.',
    cause: error,
  })
}

interface Company {
  readonly pid: number
  readonly who: string
  readonly from: string | null
}

/** Who writes while this runs would write into tables that are gone afterwards. */
const refuseCompany = async (session: Session): Promise<void> => {
  const [somebody] = await session.query<Company>(`
    select pid, application_name as who, host(client_addr) as from
    from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
      and application_name in ('llmstatus-aggregator', current_setting('application_name'))
    order by backend_start limit 1`)
  if (somebody === undefined) return
  const { pid, who, from } = somebody
  throw new CodedError(
    'database_in_use',
    `${who} is connected to this database from ${from ?? 'its own machine'} (backend ${pid}).`,
    { hint: 'Stop every aggregator that uses this database, and run this again. Nothing was changed.' },
  )
}

/** Our tables and their types, and nothing else that may live in the same schema. */
const dropOurs = async (session: Session, { migrations }: Pick<Filling, 'migrations'>): Promise<void> => {
  const there = await readTables(session, [...tableNames, 'schema_migration'])
  if (there.length === 0) return
  if (there.some(table => table.name === 'schema_migration'))
    nextMigration(migrations, await session.query('select n, name, sha256 from schema_migration'))
  const types = await session.query<{ name: string }>(
    `select distinct t.typname as name from pg_type t join pg_attribute a on a.atttypid = t.oid
    where t.typtype = 'e' and t.typnamespace = current_schema()::regnamespace
      and a.attrelid = any(select c.oid from pg_class c
        where c.relnamespace = current_schema()::regnamespace and c.relname = any($1::text[]))`,
    [`{${there.map(table => table.name).join(',')}}`],
  )
  await session.exec(`drop table ${there.map(table => quoted(table.name)).join(', ')}`)
  for (const { name } of types) await session.exec(`drop type ${quoted(name)}`)
}
