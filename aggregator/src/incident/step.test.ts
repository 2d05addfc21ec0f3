import { array, assert, constantFrom, integer, property, tuple } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultPolicy } from '../judge/policy.ts'
import { judgeProvider } from '../judge/provider.ts'
import type { State } from '../judge/state.ts'
import { endpointOf, t0, verdictOf } from '../judge/testing/samples.ts'
import type { EndpointVerdict } from '../judge/verdict.ts'
import { afterChanges, type Change, type Incident, impacts } from './incident.ts'
import { stepIncident } from './step.ts'

const minute = 60_000
const hour = 60 * minute

const provider = (...endpoints: readonly EndpointVerdict[]) => judgeProvider('openai', endpoints, defaultPolicy)
const chat = (state: State, more: Partial<EndpointVerdict> = {}) => verdictOf(state, { critical: 0, ...more })
const reach = (state: State, more: Partial<EndpointVerdict> = {}) =>
  verdictOf(state, { endpoint: endpointOf('reachability', 2), critical: 0, ...more })

const step = (incident: Incident | null, verdict: ReturnType<typeof provider>, nowMs = t0) => {
  const changes = stepIncident({ incident, verdict, policy: defaultPolicy, nowMs })
  return { changes, incident: afterChanges(incident, changes, { id: 'i', provider: 'openai', nowMs }) }
}

const opened = (): Incident => {
  const { incident } = step(null, provider(chat('degraded'), reach('operational')))
  if (incident === null) throw new Error('did not open')
  return incident
}

const kinds = (changes: readonly Change[]) => changes.map(change => change.kind)

describe('an incident opens', () => {
  it('with the state, its reason and the endpoints that fail', () => {
    expect(opened()).toMatchObject({
      state: 'degraded',
      impact: 'minor',
      reason: 'server_error',
      openedMs: t0,
      scope: [{ model: 'gpt-4.1-nano', probe: 'chat' }],
    })
  })

  it('as bad as it is: minor, major, critical', () => {
    const impact = (...endpoints: readonly EndpointVerdict[]) => step(null, provider(...endpoints)).incident?.impact
    expect(impact(chat('slow'))).toBe('minor')
    expect(impact(chat('partial_outage', { voters: 3, agree: 1 }))).toBe('major')
    expect(impact(chat('outage'))).toBe('critical')
    expect(impact(chat('degraded', { critical: 1 }))).toBe('critical')
  })

  it('for nothing that may not open one, and for nothing that is not a failure', () => {
    expect(step(null, provider(chat('degraded', { opens: false }))).changes).toEqual([])
    expect(step(null, provider(chat('degraded', { failures: 2 }))).changes).toEqual([])
    for (const state of ['operational', 'unknown', 'throttled'] as const)
      expect(step(null, provider(chat(state))).changes).toEqual([])
  })
})

describe('an open incident', () => {
  it('changes nothing while nothing changes', () => {
    expect(step(opened(), provider(chat('degraded'), reach('operational')), t0 + minute).changes).toEqual([])
  })

  it('gets worse, and says from what to what', () => {
    const { changes, incident } = step(opened(), provider(chat('outage'), reach('degraded')), t0 + minute)
    expect(changes).toEqual([
      { kind: 'impact', from: 'minor', to: 'critical', reason: 'timeout' },
      { kind: 'scope', added: [{ model: '', probe: 'reachability' }], reason: 'timeout' },
      { kind: 'state', from: 'degraded', to: 'outage', reason: 'timeout' },
    ])
    expect(incident).toMatchObject({ state: 'outage', impact: 'critical', reason: 'timeout' })
  })

  it('keeps its impact when it gets better without ending', () => {
    const worst = step(opened(), provider(chat('outage')), t0 + minute).incident
    const { changes, incident } = step(worst, provider(chat('degraded')), t0 + 2 * minute)
    expect([kinds(changes), incident?.impact]).toEqual([['easing', 'state'], 'critical'])
  })

  it('says that it is less bad once it has been for five minutes, beside how bad it was', () => {
    const worst = step(opened(), provider(chat('outage')), t0 + minute).incident
    const better = step(worst, provider(chat('degraded')), t0 + 2 * minute).incident
    expect(step(better, provider(chat('degraded')), t0 + 7 * minute - 1).changes).toEqual([])
    const { changes, incident } = step(better, provider(chat('degraded')), t0 + 7 * minute)
    expect(changes).toEqual([{ kind: 'eased', from: 'critical', to: 'minor', reason: 'server_error' }])
    expect(incident).toMatchObject({ impact: 'critical', impactNow: 'minor', easedMs: null })
  })

  it('does not go up and down with every probe', () => {
    const worst = step(opened(), provider(chat('outage')), t0 + minute).incident
    const better = step(worst, provider(chat('degraded')), t0 + 2 * minute).incident
    const back = step(better, provider(chat('outage')), t0 + 3 * minute)
    expect(kinds(back.changes)).toEqual(['easing', 'state'])
    expect(back.incident).toMatchObject({ impactNow: 'critical', easedMs: null })
  })

  it('is as bad again at once, and opens no second time for it', () => {
    const eased: Incident = { ...opened(), impact: 'critical', impactNow: 'minor' }
    const { changes, incident } = step(eased, provider(chat('outage')), t0 + minute)
    expect([kinds(changes), incident?.impactNow, incident?.impact]).toEqual([
      ['again', 'state'],
      'critical',
      'critical',
    ])
  })

  it('resolves after two clean windows in a row', () => {
    const first = step(opened(), provider(chat('operational')), t0 + 10 * minute)
    expect(first.changes).toEqual([{ kind: 'clean', windows: 1 }])
    const early = step(first.incident, provider(chat('operational')), t0 + 14 * minute)
    expect(early.changes).toEqual([])
    const second = step(early.incident, provider(chat('operational')), t0 + 15 * minute)
    expect(second.changes).toContainEqual({ kind: 'resolved', reason: 'clean_windows' })
    expect(second.incident?.resolvedMs).toBe(t0 + 15 * minute)
  })

  it('begins to count again when it fails between two clean windows', () => {
    const first = step(opened(), provider(chat('operational')), t0 + 10 * minute)
    const again = step(first.incident, provider(chat('degraded')), t0 + 12 * minute)
    expect(again.changes).toEqual([{ kind: 'clean', windows: 0 }])
    expect(step(again.incident, provider(chat('operational')), t0 + 16 * minute).incident?.resolvedMs).toBeNull()
  })

  it('does not resolve by what is not known, though the rest of the provider is well', () => {
    const first = step(opened(), provider(chat('operational')), t0 + 10 * minute)
    const dark = step(
      first.incident,
      provider(chat('unknown', { sinceMs: t0 + 10 * minute }), reach('operational')),
      t0 + 15 * minute,
    )
    expect(dark.changes).toEqual([{ kind: 'clean', windows: 0 }])
  })

  it('is closed as not measured after a day without an answer', () => {
    const dark = (sinceMs: number) => provider(chat('unknown', { sinceMs }), reach('operational'))
    expect(step(opened(), dark(t0 + hour), t0 + 24 * hour).changes).toEqual([])
    expect(step(opened(), dark(t0 + hour), t0 + 25 * hour).changes).toEqual([
      { kind: 'resolved', reason: 'not_measured' },
    ])
  })
})

describe('a resolved incident', () => {
  const resolved = { ...opened(), resolvedMs: t0 + hour, cleanWindows: 2, cleanMs: t0 + hour }

  it('reopens within ten minutes', () => {
    const { changes, incident } = step(resolved, provider(chat('outage')), t0 + hour + 10 * minute)
    expect(kinds(changes)).toEqual(['reopened', 'impact'])
    expect(incident).toMatchObject({ id: 'i', resolvedMs: null, cleanWindows: 0, impact: 'critical', state: 'outage' })
  })

  it('stays as it is later: then it is another one', () => {
    expect(kinds(step(resolved, provider(chat('outage')), t0 + hour + 10 * minute + 1).changes)).toEqual(['opened'])
  })

  it('stays as it is by a failure that may not open one', () => {
    expect(step(resolved, provider(chat('degraded', { failures: 2 })), t0 + hour + minute).changes).toEqual([])
  })
})

describe('every course of an incident', () => {
  const states = constantFrom<State>(
    'operational',
    'slow',
    'degraded',
    'partial_outage',
    'outage',
    'unknown',
    'throttled',
  )

  it('never lowers the impact, never shrinks the scope, and is settled by repeating the same verdict', () => {
    assert(
      property(array(tuple(states, states, integer({ min: 1, max: 20 })), { maxLength: 30 }), course => {
        let incident: Incident | null = null
        let nowMs = t0
        for (const [first, second, minutes] of course) {
          const before: Incident | null = incident
          nowMs += minutes * minute
          const verdict = provider(chat(first), reach(second))
          incident = step(before, verdict, nowMs).incident
          if (before !== null && before.resolvedMs === null && incident !== null) {
            expect(impacts.indexOf(incident.impact)).toBeGreaterThanOrEqual(impacts.indexOf(before.impact))
            expect(impacts.indexOf(incident.impactNow)).toBeLessThanOrEqual(impacts.indexOf(incident.impact))
            expect(incident.scope).toEqual(expect.arrayContaining([...before.scope]))
          }
          expect(step(incident, verdict, nowMs).changes).toEqual([])
        }
      }),
    )
  })
})
