import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import type { Store } from '../db/store.ts'
import { defaultPolicy } from '../judge/policy.ts'
import { judgeProvider } from '../judge/provider.ts'
import { addDefinition, addEndpoint, addProber, addResult } from '../judge/testing/rows.ts'
import { t0, verdictOf } from '../judge/testing/samples.ts'
import type { EndpointVerdict } from '../judge/verdict.ts'
import { held } from '../lease/testing/held.ts'
import type { Measured } from './measured.ts'
import { addNote } from './note.ts'
import { createIncidents, type IncidentDeps } from './run.ts'

const minute = 60_000

const setUp = (db: Store['db'], lease: IncidentDeps['lease'] = held) => {
  const random = (bytes: number) => new Uint8Array(randomBytes(bytes))
  const providers = new Map([['openai', { name: 'OpenAI' }]])
  const { observe } = createIncidents({ db, lease, policy: defaultPolicy, random, providers })
  return (verdict: EndpointVerdict, ms: number) => observe([judgeProvider('openai', [verdict], defaultPolicy)], ms)
}

eachEngine('incidents', database => {
  const db = () => database.store().db
  const incidents = () => db().selectFrom('incident').selectAll().execute()
  const events = () =>
    db().selectFrom('incident_event').select(['n', 'kind', 'text', 'evidence']).orderBy('n').execute()
  const only = async () => {
    const [incident] = await incidents()
    if (incident === undefined) throw new Error('there is none')
    return incident
  }

  describe('only the holder of the lease', () => {
    it('opens one; another replica leaves it to the holder', async () => {
      await setUp(db(), { isHeld: () => false, confirm: async () => true })(verdictOf('outage'), t0)
      expect(await incidents()).toEqual([])
      await setUp(db())(verdictOf('outage'), t0)
      expect(await incidents()).toHaveLength(1)
    })

    it('writes: one that lost it in between changes nothing', async () => {
      const late = setUp(db(), { isHeld: () => true, confirm: async () => false })
      await late(verdictOf('outage'), t0)
      expect(await incidents()).toEqual([])
      await setUp(db())(verdictOf('degraded'), t0)
      await late(verdictOf('outage'), t0 + minute)
      expect([(await only()).impact, (await events()).length]).toEqual(['critical', 1])
    })
  })

  it('gets less bad, and keeps the worst that it was', async () => {
    const observe = setUp(db())
    await observe(verdictOf('outage'), t0)
    const better = verdictOf('degraded', { critical: 0 })
    await observe(better, t0 + minute)
    await observe(better, t0 + 7 * minute)
    expect(await only()).toMatchObject({ impact: 'critical', impact_now: 'minor', eased_at: null })
    expect((await events()).map(event => [event.kind, event.text]).at(-1)).toEqual([
      'eased',
      'OpenAI: minor now, was critical',
    ])
  })

  it('keeps what was measured before and during it when it closes, whatever comes later', async () => {
    const observe = setUp(db())
    const endpoint = await addEndpoint(db(), { model: 'gpt-4.1-nano', probe: 'chat' })
    const prober = await addProber(db(), 'frankfurt')
    const line = { prober, endpoint, definition: await addDefinition(db(), { prober, endpoint, type: 'chat' }) }
    const at = (minutes: number, outcome: 'ok' | 'timeout') =>
      addResult(db(), line, {
        slotMs: t0 + minutes * minute,
        outcome,
        first_token_us: outcome === 'ok' ? 400_000 : null,
      })
    for (const minutes of [-30, -20, -10]) await at(minutes, 'ok')
    // the minutes in which it began
    await at(-3, 'timeout')
    for (const minutes of [1, 2]) await at(minutes, 'timeout')
    await at(12, 'ok')
    await observe(verdictOf('outage'), t0)
    await observe(verdictOf('operational'), t0 + 15 * minute)
    expect((await only()).measured).toBeNull()
    await observe(verdictOf('operational'), t0 + 20 * minute)
    const frozen = (await only()).measured as Measured | null
    expect(frozen?.endpoints).toEqual([
      {
        model: 'gpt-4.1-nano',
        probe: 'chat',
        vantages: [
          {
            vantage: 'frankfurt',
            before: { n: 3, outcomes: { ok: 3 }, p50_ms: 400, p95_ms: 400 },
            during: { n: 3, outcomes: { ok: 1, timeout: 2 }, p50_ms: 400, p95_ms: 400 },
          },
        ],
      },
    ])
    await at(3, 'timeout')
    await observe(verdictOf('operational'), t0 + 25 * minute)
    expect((await only()).measured).toEqual(frozen)
  })

  it('is measured on when it reopens', async () => {
    const observe = setUp(db())
    await observe(verdictOf('outage'), t0)
    for (const minutes of [10, 15]) await observe(verdictOf('operational'), t0 + minutes * minute)
    expect((await only()).measured).not.toBeNull()
    await observe(verdictOf('outage'), t0 + 20 * minute)
    expect(await only()).toMatchObject({ measured: null, resolved_at: null })
  })

  describe('a note', () => {
    it('stands in the timeline, after what happened before it', async () => {
      await setUp(db())(verdictOf('outage'), t0)
      const { id } = await only()
      await addNote(db(), { incident: id, text: ' We have told them.\r\nTicket 4711. ' }, t0 + minute)
      await setUp(db())(verdictOf('outage', { endpoint: { ...verdictOf('outage').endpoint, id: 2, probe: 'x' } }), t0)
      expect((await events()).map(({ n, kind, text }) => [n, kind, kind === 'note' ? text : ''])).toEqual([
        [1, 'opened', ''],
        [2, 'note', 'We have told them.\nTicket 4711.'],
        [3, 'scope', ''],
      ])
      expect((await events())[1]?.evidence).toBeNull()
    })

    it('brings nothing that moves a cursor or turns the text around', async () => {
      await setUp(db())(verdictOf('outage'), t0)
      const { id } = await only()
      await addNote(db(), { incident: id, text: 'a\u0000\u001b[2Jb\u202e\ud800c' }, t0)
      expect((await events())[1]?.text).toBe('a[2Jb\ufffdc')
    })

    it('is refused where there is no such incident, nothing to say or too much', async () => {
      await setUp(db())(verdictOf('outage'), t0)
      const { id } = await only()
      const nobody = '00000000-0000-4000-8000-000000000000'
      await expect(addNote(db(), { incident: nobody, text: 'x' }, t0)).rejects.toThrow('There is no incident')
      for (const text of ['', ' \n', 'x'.repeat(2_001)])
        await expect(addNote(db(), { incident: id, text }, t0)).rejects.toThrow('A note has 1 to 2000 characters')
    })
  })
})
