import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { eachEngine, migrations, openMigratedEmbedded } from '../../../test/postgres.ts'
import { canonicalOf } from '../../test/canonical.ts'
import { definitionLine, resultLine } from '../../test/lines.ts'
import { startMs, type TestApp, testApp } from '../../test/test-app.ts'
import { enrolled, post, type SentRecord, type TestProber } from '../../test/test-prober.ts'
import { localAdmin } from '../admin/local-admin.ts'
import { realDisk } from '../config/disk.ts'
import { realFiles } from '../config/files.ts'
import { openEmbedded } from '../db/open-embedded.ts'
import type { Store } from '../db/store.ts'
import { backUp } from './back-up.ts'
import { copyRunning } from './copy-running.ts'
import { fill } from './fill.ts'
import { readArchive, verifyArchive } from './read-archive.ts'

const perBatch = 5

/** Probers send while the backup is made, as a server has it: the embedded database is copied, a server's is read. */
eachEngine('a backup under load', database => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'backup-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const opened = async (): Promise<{ store: Store; close: () => Promise<void> }> => {
    if (database.engine === 'postgres') return { store: database.store(), close: async () => undefined }
    const { store } = await openMigratedEmbedded(join(folder, 'database'))
    return { store, close: store.close }
  }

  /** What was read, as the archive's file says it. */
  const archiveOf = async (store: Store, path: string): Promise<void> => {
    const write = (from: Store) =>
      backUp(
        {
          store: from,
          migrations,
          version: '1',
          nowMs: startMs,
          keyOf: async () => ({ jwk: null, sealed: null }),
          onRows: () => undefined,
        },
        { file: path },
        realDisk,
      )
    if (store.engine === 'postgres') return void (await write(store))
    const to = join(folder, 'copy')
    await copyRunning({ db: store.db, disk: realDisk, files: realFiles, from: join(folder, 'database'), to })
    const copy = await openEmbedded({ dataDir: to })
    await write(copy).finally(() => copy.close())
  }

  it('is of one moment, and what came after it brings the restored one to where the first is', async () => {
    const { store, close } = await opened()
    const test = await testApp(store.db)
    const probers = await Promise.all(['eu-1', 'us-1'].map(name => enrolled(test, name)))
    const sent = await Promise.all(probers.map(prober => sending(test, prober)))
    const path = join(folder, 'x.backup')
    for (let n = 0; n < 10; n++) for (const each of sent) await each.next()

    let isRunning = true
    const load = Promise.all(
      sent.map(async each => {
        while (isRunning && each.records.length < 40) await each.next()
      }),
    )
    await archiveOf(store, path).finally(() => {
      isRunning = false
    })
    await load
    for (const each of sent) await each.next()
    const last = await canonicalOf(store)

    const { store: restored } = await openMigratedEmbedded()
    await restored.transact(session => session.exec('drop schema public cascade; create schema public'))
    const { header } = await verifyArchive(realDisk.chunks(path), () => undefined)
    const pieces = () => readArchive(realDisk.chunks(path))
    await restored.transact(session =>
      fill(session, { engine: 'pglite', header, pieces, migrations, heir: null, nowMs: 0, onRows: () => undefined }),
    )
    const heads = await restored.db.selectFrom('prober').select(['name', 'head_seq']).orderBy('name').execute()
    expect(await factsOf(restored)).toEqual(
      heads.map(({ name, head_seq }) => ({
        name,
        records: head_seq,
        results: head_seq * perBatch,
        planned: head_seq * perBatch,
      })),
    )
    const again = await testApp(restored.db, { keys: test.deps.keys, clock: test.clock })
    const reports = await localAdmin({ ...again.deps, publicUrl: 'http://127.0.0.1' }).verifyLedger(null)
    expect(reports.map(({ broken }) => broken)).toEqual([null, null])

    for (const [n, { head_seq }] of heads.entries()) {
      const missing = (sent[n]?.records ?? []).slice(head_seq)
      expect(missing.length).toBeGreaterThan(0)
      for (const record of missing) expect((await post(again.app, record)).statusCode).toBe(201)
    }
    expect(await canonicalOf(restored)).toEqual(last)
    await restored.close()
    await close()
  })
})

const sending = async (test: TestApp, prober: TestProber) => {
  const records: SentRecord[] = []
  return {
    records,
    next: async (): Promise<void> => {
      const slot = startMs - records.length * 60_000
      const results = Array.from({ length: perBatch }, (_, n) => resultLine(prober.uuid(), slot - n * 1000))
      const record = await prober.seal(records.length === 0 ? [definitionLine(startMs), ...results] : results)
      const { statusCode, body } = await post(test.app, record)
      if (statusCode !== 201) throw new Error(body)
      records.push(record)
    },
  }
}

/** Ledger, rows and buckets agree with each other, whatever the moment was. */
const factsOf = async (store: Store) => {
  const { rows } = await sql`
    select p.name,
      (select count(*)::int from ledger l where l.prober = p.num) as records,
      (select count(*)::int from result r where r.prober = p.num) as results,
      (select sum(planned)::int from rollup_day d where d.prober = p.num) as planned
    from prober p order by p.name`.execute(store.db)
  return rows
}
