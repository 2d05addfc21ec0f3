import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { eachEngine, migrations, openMigratedEmbedded, testDatabaseUrl } from '../../../test/postgres.ts'
import { canonicalOf, placesOf } from '../../test/canonical.ts'
import { fillDatabase } from '../../test/full-database.ts'
import { createScratchDatabase } from '../../test/scratch-database.ts'
import { testApp } from '../../test/test-app.ts'
import { post } from '../../test/test-prober.ts'
import { localAdmin } from '../admin/local-admin.ts'
import { realDisk } from '../config/disk.ts'
import { openServer } from '../db/open-server.ts'
import type { EngineName, Store } from '../db/store.ts'
import { backUp } from './back-up.ts'
import { fill } from './fill.ts'
import { readArchive, verifyArchive } from './read-archive.ts'

/** From the engine of this leg into each engine that is there. */
const into: readonly EngineName[] = testDatabaseUrl === undefined ? ['pglite'] : ['postgres', 'pglite']

interface Opened {
  readonly store: Store
  readonly close: () => Promise<unknown>
}

const openEmpty = async (engine: EngineName): Promise<Opened> => {
  if (engine === 'pglite') {
    const { store } = await openMigratedEmbedded()
    await store.transact(session => session.exec('drop schema public cascade; create schema public'))
    return { store, close: store.close }
  }
  const { url, drop } = await createScratchDatabase(testDatabaseUrl ?? '', `test_${randomUUID().replaceAll('-', '')}`)
  const store = openServer(url, () => undefined)
  return { store, close: () => store.close().finally(drop) }
}

eachEngine('an archive', database => {
  let folder = ''
  let path = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'backup-'))
    path = join(folder, 'x.backup')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const archive = (store = database.store()) =>
    backUp(
      {
        store,
        migrations,
        version: '1.2.3',
        nowMs: Date.parse('2026-11-20T12:00:00Z'),
        keyOf: async () => ({ jwk: null, sealed: null }),
        onRows: () => undefined,
      },
      { file: path },
      realDisk,
    )

  const restore = async (store: Store) => {
    const { header } = await verifyArchive(realDisk.chunks(path), () => undefined)
    const pieces = () => readArchive(realDisk.chunks(path))
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
  }

  it.each(into)('of everything, restored into %s, is the same to the last bit', async engine => {
    const test = await testApp(database.store().db)
    const [prober] = await fillDatabase(test, database.store())
    const before = await canonicalOf(database.store())
    expect(Object.entries(before).filter(([, rows]) => rows.startsWith('0 rows'))).toEqual([])
    const { totals } = await archive()
    expect(totals.bytes).toBeLessThan(statSync(path).size)
    expect(statSync(path).mode & 0o777).toBe(0o600)

    const { store, close } = await openEmpty(engine)
    try {
      await restore(store)
      expect(await canonicalOf(store)).toEqual(before)
      for (const table of ['result', 'skip', 'rollup_5min', 'sketch_5min'])
        expect(await placesOf(store, table)).toEqual(await placesOf(database.store(), table))

      // what stands on it goes on where it was
      const again = await testApp(store.db, { keys: test.deps.keys, clock: test.clock })
      const admin = localAdmin({ ...again.deps, publicUrl: 'http://127.0.0.1' })
      const reports = (await admin.verifyLedger(null)).filter(report => report.name !== '')
      expect(reports.map(report => report.broken)).toEqual([null, null])
      const next = await prober?.seal([{ not: 'a line' }])
      if (next !== undefined) expect((await post(again.app, next)).statusCode).toBe(201)
    } finally {
      await close()
    }
  })

  it.each([
    ['the disk is full', 'ENOSPC', /cannot be written \(ENOSPC\)/],
    ['whoever read it is gone', 'EPIPE', /stopped before its end/],
  ])('is not there, and says why, where %s', async (_why, code, words) => {
    let discarded = 0
    const write = () => Promise.reject(Object.assign(new Error(code), { code }))
    const file = { write, finish: async () => undefined, discard: async () => void discarded++ }
    const asked = { store: database.store(), migrations, version: '1', nowMs: 0, onRows: () => undefined }
    const keyOf = async () => ({ jwk: null, sealed: null })
    const sink = code === 'EPIPE' ? { pipe: write } : { file: path }
    const making = backUp({ ...asked, keyOf }, sink, { writeWhole: async () => file })
    await expect(making).rejects.toMatchObject({ exit: 2, message: expect.stringMatching(words) })
    expect(discarded).toBe(code === 'EPIPE' ? 0 : 1)
    expect(await canonicalOf(database.store())).toBeTruthy()
  })

  it('of a database that is changed meanwhile is of one moment', async context => {
    if (database.engine === 'pglite') return context.skip()
    // the embedded one has its own test: nobody else can write while somebody reads
    const test = await testApp(database.store().db)
    await fillDatabase(test, database.store())
    const before = await canonicalOf(database.store())
    const writing = openServer(database.url() ?? '', () => undefined)
    const keyOf = async () => {
      await writing.transact(session =>
        session.exec(`delete from ledger; update prober set head_seq = 0; delete from result`),
      )
      return { jwk: null, sealed: null }
    }
    await backUp(
      { store: database.store(), migrations, version: '1', nowMs: 0, keyOf, onRows: () => undefined },
      { file: path },
      realDisk,
    )
    await writing.close()
    const { store, close } = await openEmpty('postgres')
    try {
      await restore(store)
      expect(await canonicalOf(store)).toEqual(before)
    } finally {
      await close()
    }
  })
})
