import { readFileSync } from 'node:fs'
import type { Outcome } from '@llmstatus/shared/outcome'
import { describe, expect, it } from 'vitest'
import { defaultPolicy, readPolicy } from './policy.ts'
import { type Moment, type Plan, runTrace, type SimProbe, seeded } from './testing/trace.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

const reach: SimProbe = { probe: 'reachability', type: 'reachability', everyMs: minute, firstMs: 7 * second }
const chat: SimProbe = { probe: 'chat', type: 'chat', everyMs: 5 * minute, firstMs: 20 * second }
const followUps = { everyMs: 20 * second, forMs: 10 * minute }

const plan = (more: Partial<Plan> & Pick<Plan, 'at' | 'untilMs'>): Plan => ({
  probes: [reach, chat],
  vantages: 1,
  followUps: null,
  policy: defaultPolicy,
  ...more,
})

const outageBetween = (from: number, to: number) => (ms: number) => ({
  outcome: (ms >= from && ms < to ? 'server_error' : 'ok') as Outcome,
})

const when = (moments: readonly Moment[], kind: string): readonly number[] =>
  moments.flatMap(moment => moment.changes.filter(change => change.kind === kind).map(() => moment.ms))

const stateAt = (moments: readonly Moment[], ms: number) => moments.findLast(moment => moment.ms <= ms)?.verdict.state

describe('a hard outage', () => {
  const from = 20 * minute

  it('opens one incident within three minutes at a cadence of 60 s, and resolves after two clean windows', () => {
    const moments = runTrace(plan({ probes: [reach], at: outageBetween(from, from + 30 * minute), untilMs: 2 * hour }))
    const [opened] = when(moments, 'opened')
    expect(when(moments, 'opened')).toHaveLength(1)
    expect((opened ?? 0) - from).toBeLessThanOrEqual(3 * minute)
    expect(stateAt(moments, from + 10 * minute)).toBe('outage')
    const [resolved] = when(moments, 'resolved')
    expect(when(moments, 'resolved')).toHaveLength(1)
    expect((resolved ?? 0) - (from + 30 * minute)).toBeGreaterThanOrEqual(10 * minute)
    expect((resolved ?? 0) - (from + 30 * minute)).toBeLessThanOrEqual(13 * minute)
  })

  it('is critical within 110 s when the prober looks again every 20 s, and an outage within 315 s', () => {
    for (let offset = 0; offset < 60; offset += 12) {
      const begin = from + offset * second
      const moments = runTrace(
        plan({ probes: [reach], followUps, at: outageBetween(begin, day), untilMs: begin + 10 * minute }),
      )
      const critical = moments.find(({ changes }) =>
        changes.some(
          change =>
            (change.kind === 'opened' && change.impact === 'critical') ||
            (change.kind === 'impact' && change.to === 'critical'),
        ),
      )
      expect((critical?.ms ?? day) - begin).toBeLessThanOrEqual(110 * second)
      const out = moments.find(({ verdict }) => verdict.state === 'outage')
      expect((out?.ms ?? day) - begin).toBeLessThanOrEqual(315 * second)
    }
  })

  it('is found at a cadence of 5 min alone, by the third failure, and ends with clean results', () => {
    const moments = runTrace(plan({ probes: [chat], at: outageBetween(from, from + hour), untilMs: 3 * hour }))
    const [opened] = when(moments, 'opened')
    expect((opened ?? day) - from).toBeLessThanOrEqual(15 * minute + 2 * second)
    expect(stateAt(moments, from + hour)).toBe('outage')
    expect(when(moments, 'resolved')).toHaveLength(1)
    expect(stateAt(moments, 3 * hour)).toBe('operational')
  })
})

describe('inference that is down while the listing answers', () => {
  it('is an outage of the provider, found within 405 s by a chat each 5 min', () => {
    const from = 20 * minute
    for (let offset = 0; offset < 300; offset += 60) {
      const begin = from + offset * second
      const at = (ms: number, probe: SimProbe) => ({
        outcome: (probe === chat && ms >= begin ? 'overloaded' : 'ok') as Outcome,
      })
      const moments = runTrace(plan({ followUps, at, untilMs: begin + 15 * minute }))
      expect((when(moments, 'opened')[0] ?? day) - begin).toBeLessThanOrEqual(405 * second)
      expect(stateAt(moments, begin + 15 * minute)).toBe('outage')
    }
  })
})

describe('noise of one in a hundred', () => {
  it.each([
    ['kept to the schedule', null],
    ['looked at again', followUps],
  ])('alarms nobody in six days, %s', (_, again) => {
    for (const seed of [11, 12]) {
      const random = seeded(seed)
      const at = () => ({ outcome: (random() < 0.01 ? 'timeout' : 'ok') as Outcome })
      expect(when(runTrace(plan({ followUps: again, at, untilMs: 3 * day })), 'opened')).toEqual([])
    }
  })
})

describe('what one of several vantages sees alone', () => {
  it('is partial, and opens nothing before it has lasted', () => {
    const from = 20 * minute
    const at = (ms: number, _: SimProbe, vantage: number) => ({
      outcome: (vantage === 0 && ms >= from ? 'timeout' : 'ok') as Outcome,
    })
    const moments = runTrace(plan({ probes: [reach], vantages: 3, at, untilMs: hour }))
    expect(stateAt(moments, from + 4 * minute)).toBe('degraded')
    expect(moments.findLast(moment => moment.ms <= from + 4 * minute)?.verdict.opens).toBe(false)
    expect(stateAt(moments, from + 10 * minute)).toBe('partial_outage')
  })
})

describe('trouble that comes back', () => {
  it('reopens its incident within ten minutes, and opens another one later', () => {
    const bad = (ms: number, from: number) => ms >= from && ms < from + 8 * minute
    const twice = (gap: number) => (ms: number) => ({
      outcome: (bad(ms, 10 * minute) || bad(ms, 10 * minute + gap) ? 'server_error' : 'ok') as Outcome,
    })
    const soon = runTrace(plan({ probes: [reach], at: twice(22 * minute), untilMs: 2 * hour }))
    expect([when(soon, 'opened').length, when(soon, 'reopened').length, when(soon, 'resolved').length]).toEqual([
      1, 1, 2,
    ])
    const late = runTrace(plan({ probes: [reach], at: twice(50 * minute), untilMs: 2 * hour }))
    expect([when(late, 'opened').length, when(late, 'reopened').length, when(late, 'resolved').length]).toEqual([
      2, 0, 2,
    ])
  })
})

describe('the demonstration', () => {
  it('shows an outage of half a minute open and resolve within two minutes', () => {
    const text = readFileSync(new URL('../../../demo.policy.yaml', import.meta.url), 'utf8')
    const policy = readPolicy(text, 'demo.policy.yaml')
    const probes = [reach, chat].map(probe => ({ ...probe, everyMs: 4 * second, firstMs: 0 }))
    const from = minute
    const moments = runTrace(plan({ probes, policy, at: outageBetween(from, from + 30 * second), untilMs: 4 * minute }))
    const [opened = day] = when(moments, 'opened')
    const [resolved = day] = when(moments, 'resolved')
    expect(opened - from).toBeLessThanOrEqual(15 * second)
    expect(stateAt(moments, from + 29 * second)).toBe('outage')
    expect(resolved - from).toBeLessThanOrEqual(100 * second)
  })
})
