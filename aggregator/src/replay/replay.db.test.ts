import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { dayOf, ensureDays, ownDays } from '../db/days.ts'
import type { Store } from '../db/store.ts'
import { defaultPolicy, readPolicy } from '../judge/policy.ts'
import { addDefinition, addEndpoint, addProber, addResult } from '../judge/testing/rows.ts'
import type { Episode } from './archive.ts'
import { type ReplayWish, replayProvider } from './replay-provider.ts'

const minute = 60_000
const hour = 60 * minute
const fromMs = Date.UTC(2026, 10, 20, 8, 0, 0)
const onsetMs = fromMs + 40 * minute

/** A listing each minute for two hours, a quarter of an hour of which fails. */
const fill = async (db: Store['db'], failed: 'server_error' | 'wrong_answer' = 'server_error') => {
  await db.transaction().execute(trx => ensureDays(trx, ownDays(fromMs, [dayOf(fromMs)])))
  const prober = await addProber(db, 'one')
  const endpoint = await addEndpoint(db, { probe: 'reachability' })
  const definition = await addDefinition(db, { prober, endpoint, type: 'reachability', dialect: 'http' })
  const line = { prober, endpoint, definition }
  for (let ms = fromMs; ms < fromMs + 2 * hour; ms += minute) {
    const isBad = ms >= onsetMs && ms < onsetMs + 15 * minute
    await addResult(db, line, {
      slotMs: ms,
      outcome: isBad ? failed : 'ok',
      ...(isBad ? { operation: 'first_byte' } : {}),
    })
  }
}

const wish = (more: Partial<ReplayWish> = {}): ReplayWish => ({
  provider: 'openai',
  kind: 'hosted',
  policy: defaultPolicy,
  fromMs,
  toMs: fromMs + 2 * hour,
  outcomes: 'as_stored',
  ...more,
})

const record = (db: Store['db'], { openedMs, resolvedMs, impact }: Episode) =>
  db
    .insertInto('incident')
    .values({
      id: randomUUID(),
      provider: 'openai',
      state: 'degraded',
      impact,
      impact_now: impact,
      reason: 'server_error',
      opened_at: new Date(openedMs),
      resolved_at: resolvedMs === null ? null : new Date(resolvedMs),
      scope: JSON.stringify([]),
    })
    .execute()

const asItWas = async (db: Store['db']): Promise<void> => {
  for (const { now } of (await replayProvider(db, wish())).differences) if (now !== null) await record(db, now)
}

eachEngine('a replay', database => {
  describe('of an hour in which a provider failed', () => {
    it('finds the incident, when it opened and how bad it was', async () => {
      const { db } = database.store()
      await fill(db)
      const { results, differences } = await replayProvider(db, wish())
      expect(results).toBe(120)
      expect(differences).toMatchObject([
        { is: 'opened', was: null, now: { impact: 'critical', reason: 'server_error' } },
      ])
      const openedMs = differences[0]?.now?.openedMs ?? 0
      expect(openedMs - onsetMs).toBeGreaterThanOrEqual(2 * minute)
      expect(openedMs - onsetMs).toBeLessThanOrEqual(3 * minute)
    })

    it('by the same policy finds what was', async () => {
      const { db } = database.store()
      await fill(db)
      await asItWas(db)
      expect((await replayProvider(db, wish())).differences).toMatchObject([{ is: 'same', opensS: 0, resolvesS: 0 }])
    })

    it('by another policy says what would have been', async () => {
      const { db } = database.store()
      await fill(db)
      await asItWas(db)
      const by = async (incident: string) =>
        (await replayProvider(db, wish({ policy: readPolicy(`version: 1\nincident: { ${incident} }`, 'p') })))
          .differences
      expect(await by('failures: 1000')).toMatchObject([{ is: 'not_opened', now: null }])
      expect(await by('failures: 2')).toMatchObject([{ is: 'changed', opensS: -60 }])
      expect(await by('clean_windows: 4')).toMatchObject([{ is: 'changed', opensS: 0, resolvesS: 600 }])
    })

    it('by the table of outcomes of today counts what is another one', async () => {
      const { db } = database.store()
      await fill(db, 'wrong_answer')
      const { reclassified, differences } = await replayProvider(db, wish({ outcomes: 'classified_again' }))
      expect(reclassified).toEqual({ 'wrong_answer > server_error': 15 })
      expect(differences).toMatchObject([{ is: 'opened', now: { reason: 'server_error' } }])
    })

    it('writes nothing', async () => {
      const { db } = database.store()
      await fill(db)
      await replayProvider(db, wish())
      for (const table of ['vote', 'verdict', 'incident', 'incident_event'] as const)
        expect(await db.selectFrom(table).selectAll().execute()).toEqual([])
    })
  })

  it('of what began before does not call it new', async () => {
    const { db } = database.store()
    await fill(db)
    expect((await replayProvider(db, wish({ fromMs: onsetMs + 5 * minute }))).differences).toEqual([])
  })

  it('up to the middle of an incident finds it open, as it was then', async () => {
    const { db } = database.store()
    await fill(db)
    await asItWas(db)
    const { differences } = await replayProvider(db, wish({ toMs: onsetMs + 10 * minute }))
    expect(differences).toMatchObject([{ is: 'same', was: { resolvedMs: null }, now: { resolvedMs: null } }])
  })

  it('of a provider that nobody measured is nothing', async () => {
    const { db } = database.store()
    expect(await replayProvider(db, wish())).toEqual({ results: 0, reclassified: {}, differences: [] })
  })
})
