import { sketchOf } from '@llmstatus/shared/sketch'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import type { Store } from '../db/store.ts'
import { defaultPolicy } from './policy.ts'
import { createJudge } from './run.ts'
import { addDefinition, addEndpoint, addProber, addResult, type Line } from './testing/rows.ts'
import { verdictOf, voteOf } from './testing/samples.ts'
import type { ProviderVerdict } from './verdict.ts'
import { type NewVerdict, writeVerdicts } from './verdicts.ts'
import { readVotes, type StoredVote, writeVotes } from './votes.ts'

const minute = 60_000
const t0 = Date.UTC(2026, 10, 20, 10, 0, 0)

const setUp = (db: Store['db']) => {
  const seen: ProviderVerdict[] = []
  const clock = { now: t0, nowMs: () => clock.now }
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: line => void lines.push(line) })
  const observe = async (verdicts: readonly ProviderVerdict[]) => void seen.push(...verdicts)
  const providers = new Map([['openai', { kind: 'hosted' as const }]])
  const judge = createJudge({ db, clock, policy: defaultPolicy, providers, log, observe })
  return { judge, clock, seen, lines }
}

const chatLine = async (db: Store['db'], prober: number, endpoint: number): Promise<Line> => ({
  prober,
  endpoint,
  definition: await addDefinition(db, { prober, endpoint, type: 'chat' }),
})

/** One result a minute, the last at t0. */
const addRow = async (db: Store['db'], line: Line, outcomes: readonly ('ok' | 'timeout')[]) => {
  for (const [i, outcome] of outcomes.entries())
    await addResult(db, line, { slotMs: t0 - (outcomes.length - 1 - i) * minute, outcome })
}

eachEngine('the judge', database => {
  const voteRows = () => database.store().db.selectFrom('vote').selectAll().orderBy('prober').execute()
  const verdictRow = () => database.store().db.selectFrom('verdict').selectAll().executeTakeFirst()

  describe('after results were stored', () => {
    it('writes the vote of their vantage and the verdict of their endpoint, and hands on that of the provider', async () => {
      const { db } = database.store()
      const { judge, seen } = setUp(db)
      const prober = await addProber(db, 'frankfurt')
      const endpoint = await addEndpoint(db, { model: 'gpt-4.1-nano', probe: 'chat' })
      await addRow(db, await chatLine(db, prober, endpoint), ['ok', 'ok', 'timeout', 'timeout'])
      await judge.afterStored([endpoint])
      expect(await voteRows()).toMatchObject([
        { endpoint, prober, state: 'degraded', reason: 'timeout', blame: 'provider', since: new Date(t0 - minute) },
      ])
      expect((await voteRows())[0]?.evidence).toMatchObject({
        rule: 'short_window',
        n: 3,
        failed: 2,
        codes: { timeout: 2 },
      })
      expect(await verdictRow()).toMatchObject({ endpoint, state: 'degraded', confidence: 'low', voters: 1, agree: 1 })
      expect(seen).toMatchObject([{ provider: 'openai', state: 'degraded', opens: false }])
    })

    it('writes nothing where nothing has changed', async () => {
      const { db } = database.store()
      const { judge, clock } = setUp(db)
      const endpoint = await addEndpoint(db, { probe: 'chat' })
      await addRow(db, await chatLine(db, await addProber(db, 'one'), endpoint), [
        'ok',
        'ok',
        'ok',
        'ok',
        'ok',
        'ok',
        'ok',
      ])
      await judge.afterStored([endpoint])
      clock.now += 5_000
      await judge.afterStored([endpoint])
      expect((await voteRows())[0]?.judged_at).toEqual(new Date(t0))
      expect((await verdictRow())?.judged_at).toEqual(new Date(t0))
    })

    it('counts no result that is ahead of our clock or whose definition is not known', async () => {
      const { db } = database.store()
      const { judge } = setUp(db)
      const endpoint = await addEndpoint(db, { probe: 'chat' })
      const prober = await addProber(db, 'one')
      const line = await chatLine(db, prober, endpoint)
      await addRow(db, line, ['ok', 'ok', 'ok'])
      const unknown = await addDefinition(db, { prober, endpoint, type: 'chat', at: null })
      for (const s of [10, 20, 30]) {
        await addResult(
          db,
          { ...line, definition: unknown },
          { slotMs: t0 - s * 1_000, outcome: 'server_error', classifier: 0 },
        )
        await addResult(db, line, { slotMs: t0 + s * minute, outcome: 'server_error', clock_ahead: true })
      }
      await judge.afterStored([endpoint])
      expect(await voteRows()).toMatchObject([{ state: 'operational', reason: 'healthy' }])
    })

    it('hears only vantages that are approved', async () => {
      const { db } = database.store()
      const { judge } = setUp(db)
      const endpoint = await addEndpoint(db, { probe: 'chat' })
      for (const state of ['approved', 'pending', 'revoked', 'quarantined'] as const)
        await addRow(db, await chatLine(db, await addProber(db, state, { state }), endpoint), [
          'ok',
          'timeout',
          'timeout',
          'timeout',
        ])
      await judge.afterStored([endpoint])
      expect(await voteRows()).toHaveLength(1)
      expect(await verdictRow()).toMatchObject({ voters: 1, agree: 1 })
    })

    it('lets several vantages vote', async () => {
      const { db } = database.store()
      const { judge } = setUp(db)
      const endpoint = await addEndpoint(db, { probe: 'chat' })
      const courses = [
        ['timeout', 'timeout', 'timeout'],
        ['ok', 'ok', 'ok'],
        ['ok', 'ok', 'ok'],
      ] as const
      for (const [i, course] of courses.entries())
        await addRow(db, await chatLine(db, await addProber(db, `v${i}`), endpoint), course)
      await judge.afterStored([endpoint])
      expect(await verdictRow()).toMatchObject({ state: 'degraded', confidence: 'low', voters: 3, agree: 1 })
    })

    it('takes the reference for the vantage alone, and a control for nothing', async () => {
      const { db } = database.store()
      const { judge, seen } = setUp(db)
      const prober = await addProber(db, 'one')
      const reference = await addEndpoint(db, { provider: 'reference', probe: 'reference' })
      const control = await addEndpoint(db, { provider: 'openai', probe: 'control' })
      for (const [endpoint, type] of [
        [reference, 'reference'],
        [control, 'control'],
      ] as const) {
        const definition = await addDefinition(db, { prober, endpoint, type })
        await addRow(db, { prober, endpoint, definition }, ['timeout', 'timeout', 'timeout'])
      }
      await judge.afterStored([reference, control])
      expect(await voteRows()).toMatchObject([{ endpoint: reference, state: 'degraded', blame: 'vantage' }])
      expect([seen, await verdictRow()]).toEqual([[], undefined])
    })

    it('does not look at an endpoint that nobody measures', async () => {
      const { judge, seen, lines } = setUp(database.store().db)
      await judge.afterStored([4711])
      await judge.afterStored([])
      expect([seen, lines]).toEqual([[], []])
    })
  })

  describe('what is usual', () => {
    const addUsual = async (db: Store['db'], line: Line, ms: number) => {
      const { scale, i, c, n, sum, min, max } = sketchOf(Array.from({ length: 60 }, () => ms))
      const row = { prober: line.prober, endpoint: line.endpoint, scale, i: [...i], c: [...c], n, sum, min, max }
      const start = new Date(t0 - 24 * 60 * minute)
      await db
        .insertInto('sketch_hour')
        .values({ ...row, metric: 'first_token', start })
        .execute()
    }
    const slowOnes = async (db: Store['db'], line: Line) => {
      for (const s of [3, 2, 1])
        await addResult(db, line, { slotMs: t0 - s * minute, outcome: 'ok', first_token_us: 5e6 })
    }

    it('at this time of day is no reason to be called slow', async () => {
      const { db } = database.store()
      const endpoint = await addEndpoint(db, { probe: 'chat' })
      const line = await chatLine(db, await addProber(db, 'one'), endpoint)
      await addUsual(db, line, 4_000)
      await slowOnes(db, line)
      await setUp(db).judge.afterStored([endpoint])
      expect(await voteRows()).toMatchObject([{ state: 'operational' }])
    })

    it('and is exceeded by far, is slow, and known to be', async () => {
      const { db } = database.store()
      const endpoint = await addEndpoint(db, { probe: 'chat' })
      const line = await chatLine(db, await addProber(db, 'one'), endpoint)
      await addUsual(db, line, 2_000)
      await slowOnes(db, line)
      const { judge, clock } = setUp(db)
      await judge.afterStored([endpoint])
      expect((await voteRows())[0]?.evidence).toMatchObject({ rule: 'slow_in_a_row' })
      // Read once: what is usual does not move within minutes.
      await db.deleteFrom('sketch_hour').execute()
      await addResult(db, line, { slotMs: t0 + 1000, outcome: 'ok', first_token_us: 3_500_000 })
      clock.now += 5_000
      await judge.afterStored([endpoint])
      expect((await voteRows())[0]?.evidence).toMatchObject({ latency: { above: 3 } })
    })

    it('of other hours says nothing: then the general threshold holds, and opens nothing yet', async () => {
      const { db } = database.store()
      const endpoint = await addEndpoint(db, { probe: 'chat' })
      const line = await chatLine(db, await addProber(db, 'one'), endpoint)
      await slowOnes(db, line)
      const { judge, seen } = setUp(db)
      await judge.afterStored([endpoint])
      expect((await voteRows())[0]?.evidence).toMatchObject({ rule: 'slow_general' })
      expect(seen).toMatchObject([{ state: 'slow', opens: false }])
    })
  })

  describe('late results', () => {
    it('have no vote', async () => {
      const { db } = database.store()
      const endpoint = await addEndpoint(db, { probe: 'chat' })
      const line = await chatLine(db, await addProber(db, 'one'), endpoint)
      for (const s of [50, 40, 30]) await addResult(db, line, { slotMs: t0 - s * 1000, outcome: 'timeout', late: true })
      for (const s of [20, 10, 0]) await addResult(db, line, { slotMs: t0 - s * 1000, outcome: 'ok' })
      await setUp(db).judge.afterStored([endpoint])
      expect(await voteRows()).toMatchObject([{ state: 'operational', reason: 'healthy' }])
    })
  })

  describe('as time passes', () => {
    it('a sweep sees what went quiet', async () => {
      const { db } = database.store()
      const { judge, clock, seen } = setUp(db)
      const endpoint = await addEndpoint(db, { probe: 'chat' })
      await addRow(db, await chatLine(db, await addProber(db, 'one'), endpoint), ['ok', 'ok', 'ok'])
      await judge.sweep()
      clock.now += 4 * minute
      await judge.sweep()
      expect(await voteRows()).toMatchObject([{ state: 'unknown', reason: 'no_results', since: new Date(t0) }])
      expect(seen.map(one => one.state)).toEqual(['operational', 'unknown'])
    })

    it('a sweep that is asked for while one runs is the same one', async () => {
      const { db } = database.store()
      const { judge, seen } = setUp(db)
      const endpoint = await addEndpoint(db, { probe: 'chat' })
      await addRow(db, await chatLine(db, await addProber(db, 'one'), endpoint), ['ok', 'ok', 'ok'])
      await Promise.all([judge.sweep(), judge.sweep(), judge.sweep()])
      expect(seen).toHaveLength(1)
      await judge.sweep()
      expect(seen).toHaveLength(2)
    })

    it('an endpoint that nobody has measured for a week is forgotten', async () => {
      const { db } = database.store()
      const { judge, clock, seen } = setUp(db)
      const endpoint = await addEndpoint(db, { probe: 'chat' })
      await addRow(db, await chatLine(db, await addProber(db, 'one'), endpoint), ['ok', 'ok', 'ok'])
      await judge.sweep()
      clock.now += 4 * minute
      await judge.sweep()
      clock.now += defaultPolicy.late.forgetAfterMs
      await judge.sweep()
      expect(seen.map(one => one.state)).toEqual(['operational', 'unknown'])
    })
  })

  describe('when the last vantage is revoked', () => {
    it('what it measured is unknown, and the provider is still heard of', async () => {
      const { db } = database.store()
      const { judge, seen } = setUp(db)
      const endpoint = await addEndpoint(db, { probe: 'chat' })
      await addRow(db, await chatLine(db, await addProber(db, 'one'), endpoint), [
        'ok',
        'timeout',
        'timeout',
        'timeout',
      ])
      await judge.sweep()
      await db.updateTable('prober').set({ state: 'revoked' }).execute()
      await judge.sweep()
      expect(seen.map(({ state, reason }) => [state, reason])).toEqual([
        ['degraded', 'timeout'],
        ['unknown', 'no_results'],
      ])
    })
  })

  describe('with several replicas', () => {
    it('two that judge at once leave one vote and one verdict, and none of them fails', async () => {
      const { db } = database.store()
      const endpoint = await addEndpoint(db, { probe: 'chat' })
      await addRow(db, await chatLine(db, await addProber(db, 'one'), endpoint), [
        'ok',
        'timeout',
        'timeout',
        'timeout',
      ])
      const replicas = [setUp(db), setUp(db), setUp(db)]
      await Promise.all(replicas.map(({ judge }) => judge.afterStored([endpoint])))
      expect(await voteRows()).toMatchObject([{ state: 'degraded' }])
      expect(await verdictRow()).toMatchObject({ state: 'degraded' })
      expect(replicas.flatMap(({ lines }) => lines)).toEqual([])
    })

    it('who was overtaken changes nothing, and hears so', async () => {
      const { db } = database.store()
      const key = { endpoint: 1, prober: 1 }
      const write = (was: StoredVote | null, state: 'degraded' | 'outage', ms: number) =>
        writeVotes(db, [{ ...key, was, vote: voteOf(state, { sinceMs: t0 }) }], ms)
      expect(await write(null, 'degraded', t0)).toBe(0)
      const [read] = await readVotes(db, [1])
      expect(await write(null, 'outage', t0 + 1)).toBe(1)
      expect(await write(read ?? null, 'outage', t0 + 2)).toBe(0)
      expect(await write(read ?? null, 'degraded', t0 + 3)).toBe(0)
      expect(await write(read ?? null, 'outage', t0 + 4)).toBe(1)
      expect(await voteRows()).toMatchObject([{ state: 'outage', judged_at: new Date(t0 + 2) }])
    })

    it('the same holds for the verdict', async () => {
      const { db } = database.store()
      const write = (was: NewVerdict['was'], state: 'degraded' | 'outage', ms: number) =>
        writeVerdicts(db, [{ was, verdict: verdictOf(state) }], ms)
      expect(await write(null, 'degraded', t0)).toBe(0)
      const was = { verdict: verdictOf('degraded'), judgedAt: new Date(t0) }
      expect(await write(null, 'outage', t0 + 1)).toBe(1)
      expect(await write(was, 'outage', t0 + 2)).toBe(0)
      expect(await write(was, 'outage', t0 + 3)).toBe(1)
      expect(await verdictRow()).toMatchObject({ state: 'outage', judged_at: new Date(t0 + 2) })
    })
  })

  describe('when judging fails', () => {
    it('ingest does not: the failure is logged, and the next sweep makes up for it', async () => {
      const { db } = database.store()
      const { judge, lines, seen } = setUp(db)
      const endpoint = await addEndpoint(db, { probe: 'chat' })
      await addRow(db, await chatLine(db, await addProber(db, 'one'), endpoint), ['ok', 'ok', 'ok'])
      await db.schema.alterTable('vote').renameTo('vote_away').execute()
      await expect(judge.afterStored([endpoint])).resolves.toBeUndefined()
      await db.schema.alterTable('vote_away').renameTo('vote').execute()
      expect(lines.join()).toContain('judging failed')
      await judge.sweep()
      expect(seen).toMatchObject([{ state: 'operational' }])
    })
  })
})
