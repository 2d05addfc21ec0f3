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

/**
 * Everything but the record of migrations and the days; identities begin at 1 again. Deleted and not truncated: few rows
 * are faster gone than forty files are made anew.
 */
export const emptyDatabase = (store: Store): Promise<void> =>
  store.transact(async session => {
    const tables = await session.query<{ name: string }>(`
      select c.oid::regclass::text as name from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        and c.relname <> 'schema_migration'`)
    await session.exec(tables.map(table => `delete from ${table.name};`).join('\n'))
    await session.exec(`
      select setval(oid::regclass, 1, false) from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'S'`)
  })
