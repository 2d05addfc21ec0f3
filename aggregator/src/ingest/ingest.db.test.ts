import { receiptHolds } from '@llmstatus/shared/batch'
import { classifierVersion } from '@llmstatus/shared/classify'
import { sha256 } from '@llmstatus/shared/ids'
import { sql } from 'kysely'
import { beforeEach, describe, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { definitionLine, resultLine, skipLine } from '../../test/lines.ts'
import { startMs, type TestApp, testApp } from '../../test/test-app.ts'
import { enrolled, post, type TestProber } from '../../test/test-prober.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

eachEngine('the door of batches', database => {
  let test: TestApp
  let prober: TestProber
  beforeEach(async () => {
    test = await testApp(database.store().db)
    prober = await enrolled(test)
  })

  const results = (count: number, slotMs = startMs - minuteMs) =>
    Array.from({ length: count }, (_, n) => resultLine(prober.uuid(), slotMs + n * 1000))
  const rows = () => database.store().db.selectFrom('result').selectAll().orderBy('slot').execute()
  const places = async () =>
    (
      await sql<{ place: string }>`select tableoid::regclass::text as place from result`.execute(database.store().db)
    ).rows.map(row => row.place)
  const models = () => database.store().db.selectFrom('reported_model').selectAll().orderBy('id').execute()
  const counts = () =>
    database.store().db.selectFrom('prober').select(['rejected', 'disagreed', 'dropped_keys']).execute()
  const rollups = () => database.store().db.selectFrom('rollup_hour').selectAll().orderBy('start').execute()
  const count = async (table: 'result' | 'skip' | 'ledger' | 'endpoint') => {
    const { n } = await database
      .store()
      .db.selectFrom(table)
      .select(eb => eb.fn.countAll().as('n'))
      .executeTakeFirstOrThrow()
    return Number(n)
  }

  describe('a batch', () => {
    it('is stored with its rows and buckets, and answered with a receipt that holds', async () => {
      const sent = await prober.seal([definitionLine(startMs), ...results(3)])
      const response = await post(test.app, sent)
      expect(response.statusCode).toBe(201)
      const { seq, receipt, rejected } = response.json()
      expect({ seq, rejected }).toEqual({ seq: 1, rejected: [] })
      const expected = { sub: prober.id, seq: 1, h: prober.head().hash }
      expect(await receiptHolds(test.key, receipt, expected)).not.toBeNull()

      const [row] = await rows()
      expect(row).toMatchObject({
        slot: new Date(startMs - minuteMs),
        at: new Date(startMs - minuteMs + 12),
        outcome: 'ok',
        stated: null,
        classifier: classifierVersion,
        first_token_us: 250_000,
        tokens_limit: 30_000_000,
        warm: false,
        clock_ahead: false,
        late: false,
      })
      expect(await rollups()).toMatchObject([
        { start: new Date(startMs - hourMs), planned: 3, ok: 3, tokens_out: 12, provider_failed: 0 },
      ])
      const sketches = await database.store().db.selectFrom('sketch_hour').selectAll().orderBy('metric').execute()
      expect(sketches).toMatchObject([
        { metric: 'first_token', n: 3, min: 250, max: 250, c: [3], scale: 5 },
        { metric: 'total', n: 3, min: 900, max: 900 },
      ])
      expect(test.stored).toEqual([[row?.endpoint]])
    })

    it('that comes again is answered as before, and changes nothing', async () => {
      const sent = await prober.seal([definitionLine(startMs), ...results(3)])
      const first = await post(test.app, sent)
      test.clock.ms += 5000
      const again = await post(test.app, sent)
      expect(again.statusCode).toBe(200)
      expect(again.json()).toEqual(first.json())
      expect([await count('result'), await count('ledger')]).toEqual([3, 1])
      expect(await rollups()).toMatchObject([{ planned: 3 }])
    })

    it('that comes ten times at once is stored once', async () => {
      const sent = await prober.seal([definitionLine(startMs), ...results(5)])
      const answers = await Promise.all(Array.from({ length: 10 }, () => post(test.app, sent)))
      expect(answers.map(answer => answer.statusCode).sort()).toEqual([...Array(9).fill(200), 201])
      expect(new Set(answers.map(answer => answer.json().receipt)).size).toBe(1)
      expect([await count('result'), await count('ledger')]).toEqual([5, 1])
      expect(await rollups()).toMatchObject([{ planned: 5, ok: 5 }])
    })

    it('adds to the hours that are there, and merges their histograms', async () => {
      await post(test.app, await prober.seal([definitionLine(startMs), ...results(3)]))
      const slow = { ...resultLine(prober.uuid(), startMs - minuteMs).us, first_token: 4_000_000 }
      await post(test.app, await prober.seal([resultLine(prober.uuid(), startMs - minuteMs, { us: slow })]))
      expect(await rollups()).toMatchObject([{ planned: 4, ok: 4 }])
      const sketch = await database
        .store()
        .db.selectFrom('sketch_hour')
        .selectAll()
        .where('metric', '=', 'first_token')
        .executeTakeFirstOrThrow()
      expect(sketch).toMatchObject({ n: 4, min: 250, max: 4000, sum: 4750, c: [3, 1] })
    })

    it('whose lines were in an earlier one is stored, and its rows are neither doubled nor counted again', async () => {
      const lines = results(4)
      await post(test.app, await prober.seal([definitionLine(startMs), ...lines]))
      const response = await post(test.app, await prober.seal([...lines.slice(2), ...results(1, startMs - 30_000)]))
      expect(response.json()).toMatchObject({ seq: 2, rejected: [] })
      expect([await count('result'), await count('ledger')]).toEqual([5, 2])
      expect(await rollups()).toMatchObject([{ planned: 5, ok: 5 }])
    })

    it('with nothing in it is stored too', async () => {
      expect((await post(test.app, await prober.seal([]))).statusCode).toBe(201)
      expect([await count('ledger'), await count('result')]).toEqual([1, 0])
      expect(test.stored).toEqual([])
    })

    it('of two thousand lines over forty endpoints is one row each', async () => {
      const names = Array.from({ length: 40 }, (_, n) => ({ provider: `p${n}`, model: `m-${n}` }))
      const lines = Array.from({ length: 1960 }, (_, n) =>
        resultLine(prober.uuid(), startMs - n * 1000, { ...names[n % 40], def: sha256(`${n % 40}`) }),
      )
      const defs = names.map((name, n) => definitionLine(startMs, { ...name, def: sha256(`${n}`) }))
      expect((await post(test.app, await prober.seal([...defs, ...lines]))).json().rejected).toEqual([])
      expect([await count('result'), await count('endpoint')]).toEqual([1960, 40])
      expect((await rollups()).reduce((sum, row) => sum + row.planned, 0)).toBe(1960)
    })
  })

  describe('a line', () => {
    it('that cannot be read is counted with its number and reason, and the others are stored', async () => {
      const good = results(2).map(line => JSON.stringify(line))
      const bad = [
        'not json',
        '[]',
        JSON.stringify({ kind: 'rumour\u0000\ud800' }),
        JSON.stringify({ ...results(1)[0], prompt: 'x\u0000' }),
        JSON.stringify({ ...results(1)[0], id: 'no' }),
      ]
      const sent = await prober.sealText([
        JSON.stringify(definitionLine(startMs)),
        good[0] ?? '',
        ...bad,
        good[1] ?? '',
        good[1] ?? '',
      ])
      const response = await post(test.app, sent)
      expect(response.statusCode).toBe(201)
      expect(response.json().rejected).toEqual([
        { line: 3, reason: 'not_json' },
        { line: 4, reason: 'not_an_object' },
        { line: 5, reason: 'unknown_kind' },
        { line: 6, reason: 'bad_shape' },
        { line: 7, reason: 'bad_shape' },
        { line: 9, reason: 'duplicate_id' },
      ])
      expect(await count('result')).toBe(2)
      expect((await post(test.app, sent)).json()).toEqual(response.json())
      await post(test.app, await prober.sealText(['', 'not json']))
      const rejected = { not_json: 3, not_an_object: 1, unknown_kind: 1, bad_shape: 2, duplicate_id: 1 }
      expect(await counts()).toEqual([{ rejected, disagreed: 0, dropped_keys: 0 }])
    })

    it('of a newer prober is read without what we do not know', async () => {
      const line = { ...results(1)[0], colour: 'blue' }
      const body = [definitionLine(startMs), line]
      const old = await post(test.app, await prober.seal(body))
      expect(old.json().rejected).toEqual([{ line: 2, reason: 'bad_shape' }])
    })

    it('gets our outcome, and keeps the one its prober stated where that was another', async () => {
      const [ok, failed] = [prober.uuid(), prober.uuid()]
      const lines = [
        resultLine(ok, startMs - minuteMs, { outcome: 'server_error' }),
        resultLine(failed, startMs - minuteMs, { http_status: 503, content: 'none', finish: 'none' }),
      ]
      await post(test.app, await prober.seal([definitionLine(startMs), ...lines]))
      const byId = new Map((await rows()).map(row => [row.id, row]))
      expect(byId.get(ok)).toMatchObject({ outcome: 'ok', stated: 'server_error' })
      expect(byId.get(failed)).toMatchObject({ outcome: 'server_error', stated: 'ok' })
      expect(await rollups()).toMatchObject([{ planned: 2, ok: 1, provider_failed: 1 }])
      expect(await counts()).toMatchObject([{ disagreed: 2, rejected: {} }])
      await post(test.app, await prober.seal(lines))
      expect(await counts()).toMatchObject([{ disagreed: 2 }])
    })

    it('from a clock that is ahead is kept and marked, without a bucket', async () => {
      const lines = [...results(1), resultLine(prober.uuid(), startMs + 121_000)]
      await post(test.app, await prober.seal([definitionLine(startMs), ...lines]))
      expect((await rows()).map(row => row.clock_ahead)).toEqual([false, true])
      expect(await rollups()).toMatchObject([{ planned: 1 }])
      const { last_result_at } = await database.store().db.selectFrom('prober').selectAll().executeTakeFirstOrThrow()
      expect(last_result_at).toEqual(new Date(startMs - minuteMs + 12))
    })

    it('has what its provider called the model as a number, the same for all of its prober, and the last day of it', async () => {
      await post(test.app, await prober.seal([definitionLine(startMs), ...results(2)]))
      const [known] = await models()
      test.clock.ms += 24 * hourMs
      const renamed = resultLine(prober.uuid(), startMs, { model_reported: 'gpt-6 "mini"\\' })
      const silent = resultLine(prober.uuid(), startMs + 1, { model_reported: null })
      await post(test.app, await prober.seal([renamed, silent, ...results(1, startMs + 2)]))
      const [first, second, ...more] = await models()
      expect([known, first, second, more]).toMatchObject([
        { name: 'gpt-5-mini-2025-08-07', seen: '2026-11-20' },
        { id: known?.id, seen: '2026-11-21' },
        { name: 'gpt-6 "mini"\\', seen: '2026-11-21' },
        [],
      ])
      const ids = [known?.id, known?.id, second?.id, null, known?.id]
      expect((await rows()).map(row => row.reported_model)).toEqual(ids)
    })

    it('older than a quarter of an hour when it came is late for good', async () => {
      const ages = [14 * minuteMs, 15 * minuteMs + 13]
      const lines = ages.map(ageMs => resultLine(prober.uuid(), startMs - ageMs))
      await post(test.app, await prober.seal([definitionLine(startMs), ...lines]))
      expect((await rows()).map(row => row.late)).toEqual([true, false])
    })

    it('is counted once at each level: five minutes, hours and days', async () => {
      await post(test.app, await prober.seal([definitionLine(startMs), ...results(3, startMs - 5 * minuteMs - 2000)]))
      const { db } = database.store()
      const minutes = await db.selectFrom('rollup_5min').selectAll().orderBy('start').execute()
      const days = await db.selectFrom('rollup_day').selectAll().execute()
      expect(minutes.map(row => [row.start.getTime(), row.ok])).toEqual([
        [startMs - 10 * minuteMs, 2],
        [startMs - 5 * minuteMs, 1],
      ])
      expect(await rollups()).toMatchObject([{ start: new Date(startMs - hourMs), ok: 3 }])
      expect(days).toMatchObject([{ start: new Date(startMs - 12 * hourMs), ok: 3 }])
      const sketches = await db.selectFrom('sketch_day').selectAll().orderBy('metric').execute()
      expect(sketches).toMatchObject([
        { metric: 'first_token', n: 3 },
        { metric: 'total', n: 3 },
      ])
    })

    it('of a control is kept, and counts for nobody', async () => {
      const control = { probe: 'control', def: sha256('control'), model: null }
      const definition = definitionLine(startMs, { ...control, type: 'control' })
      const waiting = resultLine(prober.uuid(), startMs - minuteMs, control)
      await post(
        test.app,
        await prober.seal([waiting, skipLine(prober.uuid(), startMs - minuteMs, { probe: 'control' })]),
      )
      await post(test.app, await prober.seal([definition, resultLine(prober.uuid(), startMs, control)]))
      expect([await count('result'), await count('skip'), await rollups()]).toEqual([2, 1, []])
    })

    it('that comes late lands in its own day and hour', async () => {
      const sixDays = 6 * 24 * hourMs
      await post(test.app, await prober.seal([definitionLine(startMs), ...results(2, startMs - sixDays)]))
      expect(await places()).toEqual(['result_20261114', 'result_20261114'])
      expect((await rows()).map(row => row.late)).toEqual([true, true])
      expect(await rollups()).toMatchObject([{ start: new Date(startMs - sixDays), planned: 2 }])
    })

    it('from decades away is kept among the strays', async () => {
      const lines = [resultLine(prober.uuid(), 0), resultLine(prober.uuid(), Date.parse('9999-12-31T23:00:00.000Z'))]
      const response = await post(test.app, await prober.seal([definitionLine(startMs), ...lines]))
      expect(response.json()).toMatchObject({ seq: 1, rejected: [] })
      expect(await places()).toEqual(['result_stray', 'result_stray'])
    })

    it('whose numbers no column can hold is stored all the same', async () => {
      const limits = { limit: 1e300, remaining: -1e300, reset_s: 1e-320 }
      const line = resultLine(prober.uuid(), startMs, {
        rate_limit: { requests: limits, tokens: limits },
        cost_usd: 1e-320,
        model_reported: 'a\u0000b\ud800',
      })
      expect((await post(test.app, await prober.seal([definitionLine(startMs), line]))).json().rejected).toEqual([])
      const [row] = await rows()
      expect(await models()).toMatchObject([{ id: row?.reported_model, name: 'a?b?', seen: '2026-11-20' }])
      expect(row?.requests_limit).toBeCloseTo(3.4e38, -33)
      expect(row?.requests_reset_s).toBe(0)
    })
  })

  describe('a skip', () => {
    it('stands for every slot it names, each in its own hour', async () => {
      const line = skipLine(prober.uuid(), startMs - hourMs, {
        from: new Date(startMs - hourMs - 10 * minuteMs).toISOString(),
        to: new Date(startMs - hourMs + 10 * minuteMs).toISOString(),
        count: 5,
      })
      await post(test.app, await prober.seal([definitionLine(startMs), line]))
      expect(await rollups()).toMatchObject([
        { start: new Date(startMs - 2 * hourMs), planned: 2, skipped: 2, ok: 0 },
        { start: new Date(startMs - hourMs), planned: 3, skipped: 3, ok: 0 },
      ])
      expect(await count('skip')).toBe(1)
    })

    it('that no plan could have made is a counted reject', async () => {
      const impossible = [
        { from: '1970-01-01T00:00:00.000Z', to: '9999-12-31T00:00:00.000Z', count: 1_000_000_000 },
        { from: '2026-11-20T00:00:00.000Z', to: '2026-11-20T00:00:01.000Z', count: 1_000_000 },
      ]
      const lines = impossible.map(run => skipLine(prober.uuid(), startMs, run))
      const response = await post(test.app, await prober.seal(lines))
      expect(response.json().rejected).toEqual([1, 2].map(line => ({ line, reason: 'not_plausible' })))
      expect(await count('skip')).toBe(0)
    })
  })

  describe('a result before its definition', () => {
    it('is stored without a bucket, and gets both when the definition comes', async () => {
      const early = resultLine(prober.uuid(), startMs - 2 * hourMs, { outcome: 'server_error' })
      await post(test.app, await prober.seal([early]))
      expect(await rows()).toMatchObject([{ outcome: 'server_error', stated: null, classifier: 0 }])
      expect(await rollups()).toEqual([])

      await post(test.app, await prober.seal([definitionLine(startMs), ...results(1)]))
      expect(await rows()).toMatchObject([
        { outcome: 'ok', stated: 'server_error', classifier: classifierVersion },
        { outcome: 'ok', stated: null, classifier: classifierVersion },
      ])
      expect((await rollups()).map(row => [row.start.getTime(), row.planned, row.ok])).toEqual([
        [startMs - 2 * hourMs, 1, 1],
        [startMs - hourMs, 1, 1],
      ])
    })

    it('and from a clock that is ahead gets no bucket then either', async () => {
      await post(test.app, await prober.seal([resultLine(prober.uuid(), startMs + hourMs)]))
      await post(test.app, await prober.seal([definitionLine(startMs)]))
      expect(await rows()).toMatchObject([{ outcome: 'ok', classifier: classifierVersion, clock_ahead: true }])
      expect(await rollups()).toEqual([])
    })

    it('does not need the definition again after it', async () => {
      await post(test.app, await prober.seal([definitionLine(startMs)]))
      await post(test.app, await prober.seal(results(1)))
      expect(await rows()).toMatchObject([{ classifier: classifierVersion }])
    })
  })

  it('notes what a batch says of its prober', async () => {
    const about = {
      version: '0.2.0',
      region: 'Frankfurt',
      continent: 'eu' as const,
      offset_ms: 2 ** 50,
      spool_bytes: 0,
      oldest: null,
    }
    await post(test.app, await prober.seal([definitionLine(startMs), ...results(1)], { about }))
    expect(await database.store().db.selectFrom('prober').selectAll().executeTakeFirstOrThrow()).toMatchObject({
      version: '0.2.0',
      region: 'Frankfurt',
      continent: 'eu',
      clock_offset_ms: 2_147_483_647,
      head_seq: 1,
      head_hash: prober.head().hash,
      last_batch_at: new Date(startMs),
    })
  })
})
