import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { keyFromSeed } from '@llmstatus/shared/identity'
import { Secret } from '@llmstatus/shared/secret'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { eachEngine, migrations } from '../../../test/postgres.ts'
import { testApp } from '../../test/test-app.ts'
import { localAdmin } from '../admin/local-admin.ts'
import { realDisk } from '../config/disk.ts'
import { seedsOf } from '../config/key-file.ts'
import { readApplied } from '../db/ready.ts'
import { fill } from './fill.ts'
import { readArchive, verifyArchive } from './read-archive.ts'
import { openSealedKey } from './sealed-key.ts'

/**
 * Archives that older programs made, each with one prober that sent results, changed its key, lost something and went on.
 * A new one comes when a release changes the schema: what an archive holds is restored for ever.
 */
const folder = fileURLToPath(new URL('testdata/', import.meta.url))

eachEngine('an archive from before', database => {
  it.each(readdirSync(folder))('%s is restored, and brought up to date', async name => {
    const store = database.store()
    const { header } = await verifyArchive(realDisk.chunks(`${folder}${name}`), () => undefined)
    expect(header.schema.length).toBeLessThan(migrations.length)
    await store.transact(session => session.exec('drop schema public cascade; create schema public'))
    const pieces = () => readArchive(realDisk.chunks(`${folder}${name}`))
    await store.transact(session =>
      fill(session, {
        engine: store.engine,
        header,
        pieces,
        migrations,
        heir: null,
        nowMs: 0,
        onRows: () => undefined,
      }),
    )
    expect((await readApplied(store.db)).map(({ n }) => n)).toEqual(migrations.map(({ n }) => n))

    const test = await testApp(store.db)
    const [report] = await localAdmin({ ...test.deps, publicUrl: 'http://127.0.0.1' }).verifyLedger(null)
    expect(report).toMatchObject({ records: 4, lines: 14, broken: null })
    const { rows } =
      await sql`select (select count(*)::int from result) as results, (select count(*)::int from skip) as skips,
      (select sum(planned)::int from rollup_day) as planned, (select sum(n)::int from sketch_hour) as timed`.execute(
        store.db,
      )
    expect(rows).toEqual([{ results: 12, skips: 1, planned: 13, timed: 24 }])

    if (header.key === null || header.aggregator === null) throw new Error('the key is in it')
    const { kid } = header.aggregator
    const [seed] = seedsOf(openSealedKey(header.key, { passphrase: new Secret('correct-horse'), kid })) ?? []
    expect((await keyFromSeed(seed ?? new Uint8Array())).kid).toBe(kid)
  })
})
