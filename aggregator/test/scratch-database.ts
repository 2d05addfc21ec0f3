import { sql } from 'kysely'
import { openServer } from '../src/db/open-server.ts'
import type { Store } from '../src/db/store.ts'

/** A database of its own on a real server, and the way to get rid of it, whoever is still connected. */
export const createScratchDatabase = async (serverUrl: string, name: string) => {
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  await onServer(serverUrl, db => sql`create database ${sql.id(name)}`.execute(db))
  return {
    url: url.href,
    drop: () => onServer(serverUrl, db => sql`drop database if exists ${sql.id(name)} with (force)`.execute(db)),
  }
}

const onServer = async (url: string, run: (db: Store['db']) => Promise<unknown>): Promise<void> => {
  const server = openServer(url, () => undefined)
  await run(server.db).finally(() => server.close())
}

/** Everything but the record of migrations; identities begin at 1 again. Days stay. */
export const emptyDatabase = async (db: Store['db']): Promise<void> => {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname <> 'schema_migration'
  `.execute(db)
  await sql`truncate ${sql.join(rows.map(row => sql.table(row.name)))} restart identity`.execute(db)
}
