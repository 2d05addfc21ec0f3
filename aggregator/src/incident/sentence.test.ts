import { describe, expect, it } from 'vitest'
import { defaultPolicy } from '../judge/policy.ts'
import { judgeProvider } from '../judge/provider.ts'
import { endpointOf, t0, verdictOf } from '../judge/testing/samples.ts'
import type { EndpointVerdict } from '../judge/verdict.ts'
import type { Happening, Incident } from './incident.ts'
import { sentenceOf, spanOf } from './sentence.ts'

const say = (change: Happening, endpoints: readonly EndpointVerdict[], incident: Incident | null = null) =>
  sentenceOf(change, {
    name: 'OpenAI',
    verdict: judgeProvider('openai', endpoints, defaultPolicy),
    incident,
    nowMs: t0,
  })

const failing = verdictOf('degraded', {
  evidence: {
    rule: 'short_window',
    n: 3,
    failed: 3,
    window_s: 120,
    codes: { server_error: 3 },
    ok_since: 0,
    streak: 3,
    latency: null,
  },
})
const open: Happening = { kind: 'opened', state: 'degraded', impact: 'minor', reason: 'server_error', scope: [] }
const incident: Incident = {
  id: 'i',
  provider: 'openai',
  state: 'degraded',
  impact: 'minor',
  impactNow: 'minor',
  easedMs: null,
  reason: 'server_error',
  openedMs: t0 - 750_000,
  resolvedMs: null,
  cleanWindows: 0,
  cleanMs: null,
  scope: [],
}

describe('what is said of an incident', () => {
  it('is what failed, how often, in which time, and from where it was seen', () => {
    expect(say(open, [failing])).toBe(
      'OpenAI chat gpt-4.1-nano: 3 of 3 probes failed within 2 min (server_error), seen from one vantage',
    )
    expect(say(open, [{ ...failing, voters: 3, agree: 2 }])).toMatch(/, seen from 2 of 3 vantages$/)
  })

  it('is how slow, against what', () => {
    const latency = { metric: 'first_token', p95_ms: 4_120, threshold_ms: 3_000, above: 4 } as const
    const slow = verdictOf('slow', {
      evidence: { ...failing.evidence, failed: 0, n: 20, window_s: 1_800, codes: {}, latency },
    })
    expect(say({ ...open, state: 'slow' }, [slow])).toBe(
      'OpenAI chat gpt-4.1-nano: time to first token 4.1 s at p95 within 30 min, above 3.0 s in 4 of 20 probes, seen from one vantage',
    )
  })

  it('names three endpoints and counts the rest', () => {
    const many = [1, 2, 3, 4, 5].map(id => ({ ...failing, endpoint: { ...endpointOf('chat', id), model: `m${id}` } }))
    expect(say(open, many)).toMatch(/^OpenAI chat m1: .*; chat m2: .*; chat m3: .*; and 2 more$/)
  })

  it('is how it went on, and how long it took', () => {
    expect(say({ kind: 'scope', added: [{ model: '', probe: 'reachability' }], reason: 'timeout' }, [failing])).toBe(
      'OpenAI: also reachability',
    )
    expect(say({ kind: 'state', from: 'degraded', to: 'outage', reason: 'timeout' }, [failing])).toBe(
      'OpenAI is out now, after it was degraded',
    )
    expect(say({ kind: 'impact', from: 'minor', to: 'critical', reason: 'timeout' }, [failing])).toMatch(
      /^OpenAI: critical now, was minor: chat /,
    )
    expect(say({ kind: 'resolved', reason: 'clean_windows' }, [], incident)).toBe('OpenAI has recovered after 13 min')
    expect(say({ kind: 'resolved', reason: 'not_measured' }, [], incident)).toMatch(/whether it is over is not known$/)
    expect(say({ kind: 'reopened', state: 'degraded', reason: 'timeout' }, [failing])).toMatch(/^Again: OpenAI chat /)
  })
})

it('a span is said in the units that a person would use', () => {
  expect([42_000, 90_000, 120_000, 305_000, 3_600_000, 7_800_000].map(spanOf)).toEqual([
    '42 s',
    '1 min 30 s',
    '2 min',
    '5 min',
    '1 h',
    '2 h 10 min',
  ])
})
