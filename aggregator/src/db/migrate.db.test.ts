import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { migrations, openMigratedEmbedded, testDatabaseUrl } from '../../../test/postgres.ts'
import { createScratchDatabase } from '../../test/scratch-database.ts'
import { type Migration, migrate } from './migrate.ts'
import { openServer } from './open-server.ts'
import type { Store } from './store.ts'

const [first] = migrations as readonly [Migration]
const script = (n: number, text: string): Migration => ({ n, name: `000${n}-test.sql`, sql: text, sha256: `sha-${n}` })

/** `count` stores on one database that nobody has migrated; on PGlite there can only be one. */
const withStores = async (count: number, run: (stores: readonly Store[]) => Promise<void>): Promise<void> => {
  if (testDatabaseUrl === undefined) {
    const { store } = await openMigratedEmbedded()
    await sql`drop schema public cascade`.execute(store.db)
    await sql`create schema public`.execute(store.db)
    await run(Array.from({ length: count }, () => store)).finally(() => store.close())
    return
  }
  const { url, drop } = await createScratchDatabase(testDatabaseUrl, `test_${randomUUID().replaceAll('-', '')}`)
  const stores = Array.from({ length: count }, () => openServer(url, () => undefined))
  await run(stores)
    .finally(() => Promise.all(stores.map(store => store.close())))
    .finally(drop)
}

describe('migrations', () => {
  it('are each applied once by twenty starts at the same time, and recorded with their digest', async () => {
    await withStores(20, async stores => {
      const done = await Promise.all(stores.map(store => migrate(store, migrations)))
      expect(done.flat().sort()).toEqual(migrations.map(migration => migration.name))
      const [store] = stores as [Store]
      const { rows } = await sql`select n, name, sha256 from schema_migration order by n`.execute(store.db)
      expect(rows).toEqual(migrations.map(({ n, name, sha256 }) => ({ n, name, sha256 })))
    })
  })

  it('leave whole files behind when one fails, and go on from there', async () => {
    await withStores(1, async ([store]) => {
      if (store === undefined) return
      const good = script(2, 'create table two (a int); create table two_b (a int);')
      const broken = script(3, 'create table three (a int); select 1 / 0;')
      await expect(migrate(store, [first, good, broken])).rejects.toThrow(/division by zero/)
      const { rows } = await sql`select to_regclass('two_b') is not null as two, to_regclass('three') as three`.execute(
        store.db,
      )
      expect(rows).toEqual([{ two: true, three: null }])
      expect(await migrate(store, [first, good, script(3, 'create table three (a int);')])).toEqual(['0003-test.sql'])
    })
  })

  it('refuse a database of a newer version, and change nothing in it', async () => {
    await withStores(1, async ([store]) => {
      if (store === undefined) return
      await migrate(store, [first, script(2, 'create table two (a int);')])
      await expect(migrate(store, [first])).rejects.toMatchObject({ code: 'schema_newer', exit: 2 })
      await expect(migrate(store, [first, script(3, 'create table three (a int);')])).rejects.toMatchObject({
        code: 'schema_newer',
      })
      const { rows } = await sql`select to_regclass('three') as three`.execute(store.db)
      expect(rows).toEqual([{ three: null }])
    })
  })
})
