import { sha256 } from '@llmstatus/shared/ids'
import { sql } from 'kysely'
import { beforeEach, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { definitionLine, resultLine, skipLine } from '../../test/lines.ts'
import { startMs, type TestApp, testApp } from '../../test/test-app.ts'
import { enrolled, post, type TestProber } from '../../test/test-prober.ts'
import { openServer } from '../db/open-server.ts'
import type { Store } from '../db/store.ts'
import { verifyLedger } from '../ingest/verify-ledger.ts'
import { longestWaitMs } from './alone.ts'
import { createRetention } from './run.ts'

const dayMs = 86_400_000

eachEngine('retention', database => {
  let test: TestApp
  let prober: TestProber
  beforeEach(async () => {
    test = await testApp(database.store().db)
    prober = await enrolled(test)
  })

  const told: { level: 'info' | 'warn'; fields: Record<string, unknown> }[] = []
  const run = async (store: Store = database.store()) => {
    const say = (level: 'info' | 'warn') => (fields: object) => void told.push({ level, fields: { ...fields } })
    const log = { info: say('info'), warn: say('warn') }
    const kept = { resultDays: 30, ledgerDays: 400 }
    await createRetention({ store, clock: test.deps.clock, kept, log, isStopping: () => false })()
    return told.at(-1)?.fields
  }
  const count = async (
    table:
      | 'result'
      | 'skip'
      | 'rollup_5min'
      | 'sketch_5min'
      | 'rollup_hour'
      | 'sketch_hour'
      | 'rollup_day'
      | 'ledger'
      | 'reported_model'
      | 'definition',
  ) =>
    Number(
      (await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(database.store().db))
        .rows[0]?.n,
    )
  const send = async (slotMs: number) => {
    const lines = [definitionLine(slotMs), resultLine(prober.uuid(), slotMs), skipLine(prober.uuid(), slotMs + 1000)]
    expect((await post(test.app, await prober.seal(lines))).statusCode).toBe(201)
  }
  const verify = async () => {
    const row = await database.store().db.selectFrom('prober').selectAll().executeTakeFirstOrThrow()
    return verifyLedger({ db: database.store().db, aggregators: [test.key] }, row)
  }

  it('drops results after a month and five-minute buckets after a week, and keeps hours and days', async () => {
    await send(startMs)
    test.clock.ms += 9 * dayMs
    await send(test.clock.ms)
    await run()
    expect([
      await count('result'),
      await count('skip'),
      await count('rollup_5min'),
      await count('sketch_5min'),
    ]).toEqual([2, 2, 1, 2])
    test.clock.ms += 23 * dayMs
    const { days } = (await run()) as { days: string[] }
    expect(days).toEqual(expect.arrayContaining(['result_20261120', 'skip_20261120']))
    expect([await count('result'), await count('skip'), await count('rollup_5min')]).toEqual([1, 1, 0])
    expect([await count('rollup_hour'), await count('rollup_day')]).toEqual([2, 2])
  })

  it('deletes hours after 400 days, and keeps days for good', async () => {
    await send(startMs)
    test.clock.ms += 401 * dayMs
    await send(test.clock.ms)
    expect(await run()).toMatchObject({ buckets: 3 })
    expect([await count('rollup_hour'), await count('sketch_hour'), await count('rollup_day')]).toEqual([1, 2, 2])
  })

  it('drops strays whose day is further away than anything is kept, in either direction', async () => {
    const lines = [0, startMs + 20 * dayMs, startMs + 40 * dayMs].map(ms => resultLine(prober.uuid(), ms))
    await post(test.app, await prober.seal([definitionLine(startMs), ...lines]))
    expect(await run()).toMatchObject({ strays: 2 })
    const left = await database.store().db.selectFrom('result').select('slot').execute()
    expect(left).toEqual([{ slot: new Date(startMs + 20 * dayMs) }])
  })

  it('takes the old beginning of a ledger, and what is left verifies after the last record that went', async () => {
    await send(startMs)
    await send(startMs + 1000)
    test.clock.ms += 401 * dayMs
    await send(test.clock.ms)
    expect(await run()).toMatchObject({ ledger: 2 })
    expect(await verify()).toMatchObject({ records: 1, from: 3, to: 3, broken: null })
    await database
      .store()
      .db.updateTable('ledger_anchor')
      .set({ hash: 'B'.repeat(43) })
      .execute()
    expect(await verify()).toMatchObject({ broken: { seq: 3, why: 'it continues another chain' } })
  })

  it('never takes the last record of a prober: its answer may have been lost', async () => {
    const sent = await prober.seal([definitionLine(startMs), resultLine(prober.uuid(), startMs)])
    const first = await post(test.app, sent)
    test.clock.ms += 401 * dayMs
    expect(await run()).toMatchObject({ ledger: 0 })
    expect((await post(test.app, sent)).json()).toEqual(first.json())
    expect(await verify()).toMatchObject({ records: 1, broken: null })
  })

  it('takes names that no result carries any more, and keeps the last definition of an endpoint', async () => {
    await send(startMs)
    await post(test.app, await prober.seal([definitionLine(startMs + 1, { def: sha256('chat, asked otherwise') })]))
    test.clock.ms += 63 * dayMs
    expect(await run()).toMatchObject({ models: 1, definitions: 1 })
    expect([await count('reported_model'), await count('definition')]).toEqual([0, 1])
  })

  it('does something once an hour, however often it is called', async () => {
    told.length = 0
    const kept = { resultDays: 30, ledgerDays: 400 }
    const log = { info: () => void told.push({ level: 'info', fields: {} }), warn: () => undefined }
    const retention = createRetention({
      store: database.store(),
      clock: test.deps.clock,
      kept,
      log,
      isStopping: () => false,
    })
    for (const _ of Array.from({ length: 3 })) await retention()
    test.clock.ms += 3_600_000
    await retention()
    expect(told.length).toBe(2)
  })

  it.skipIf(database.engine === 'pglite')(
    'waits for no reader, makes no batch wait for long, and comes back for what was being read',
    async () => {
      await send(startMs)
      test.clock.ms += 40 * dayMs
      const url = database.url() ?? ''
      const reader = openServer(url, () => undefined)
      try {
        let waitedMs = 0
        await reader.db.transaction().execute(async trx => {
          await sql`select count(*) from result`.execute(trx)
          const retention = run()
          for (let n = 0; n < 10; n++) {
            const beganMs = performance.now()
            await send(test.clock.ms - n * 1000)
            waitedMs = Math.max(waitedMs, performance.now() - beganMs)
          }
          await retention
        })
        expect(told.at(-1)).toMatchObject({
          level: 'warn',
          fields: { days: expect.arrayContaining(['result_20261120']) },
        })
        // what one wait may take, and a busy machine
        expect(waitedMs).toBeLessThan(longestWaitMs + 1000)
        expect(await run()).toMatchObject({ days: expect.arrayContaining(['result_20261120']) })
      } finally {
        await reader.close()
      }
    },
  )

  it.skipIf(database.engine === 'pglite')('is left to the replica that is at it', async () => {
    await send(startMs)
    test.clock.ms += 40 * dayMs
    const other = openServer(database.url() ?? '', () => undefined)
    try {
      await other.db.transaction().execute(async trx => {
        await sql`select pg_advisory_xact_lock(hashtext('llmstatus retention'))`.execute(trx)
        expect(await run()).toMatchObject({ days: [] })
      })
      expect(((await run()) as { days: string[] }).days).toContain('result_20261120')
    } finally {
      await other.close()
    }
  })
})
