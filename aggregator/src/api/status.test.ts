import { sketchOf } from '@llmstatus/shared/sketch'
import { describe, expect, it } from 'vitest'
import { firstTokenSince } from './present.ts'
import { type StatusRows, statusOf } from './status.ts'
import type { EndpointRow } from './status-queries.ts'
import { Status } from './status-schema.ts'

const now = Date.UTC(2026, 10, 20, 10, 42, 0)
const since = new Date(now - 60_000)

const endpoint = (id: number, more: Partial<EndpointRow> = {}): EndpointRow => ({
  id,
  provider: 'openai',
  model: 'gpt-4.1-nano',
  probe: 'chat',
  type: 'chat',
  known_at: new Date(0),
  state: 'operational',
  reason: 'healthy',
  blame: null,
  confidence: 'low',
  voters: 1,
  agree: 1,
  since,
  ...more,
})
const reach = (id: number, more: Partial<EndpointRow> = {}) =>
  endpoint(id, { model: '', probe: 'reachability', type: 'reachability', ...more })

const statusFrom = (rows: Partial<StatusRows>): Status => {
  const none = { endpoints: [], vantages: [], counts: [], firstTokens: [], windowS: 3_000, incidents: new Map() }
  const catalogue = new Map([['openai', { name: 'OpenAI', kind: 'hosted' as const }]])
  return Status.parse(statusOf({ ...none, ...rows }, { catalogue, policy: 'default', nowMs: now }))
}

describe('the status', () => {
  it('of nothing is a status', () => {
    expect(statusFrom({})).toEqual({
      as_of: '2026-11-20T10:42:00.000Z',
      stale_s: null,
      policy: 'default',
      overall: { state: 'unknown', text: 'No prober reports here yet.', since: null },
      vantages: [],
      providers: [],
    })
  })

  it('says for a provider what is so, why, since when and how sure', () => {
    const failing = { state: 'outage', reason: 'server_error', blame: 'provider' } as const
    const status = statusFrom({
      endpoints: [endpoint(1, failing), reach(2)],
      incidents: new Map([['openai', '019a9f2e-0000-7000-8000-000000000001']]),
    })
    expect(status.providers).toEqual([
      {
        id: 'openai',
        name: 'OpenAI',
        kind: 'hosted',
        ...failing,
        since: '2026-11-20T10:41:00.000Z',
        confidence: 'low',
        coverage: null,
        uptime_24h: null,
        ttft_ms: { p50: null, p95: null, n: 0, window_s: 3_000 },
        announced: null,
        incident_id: '019a9f2e-0000-7000-8000-000000000001',
        endpoints: [
          {
            model: 'gpt-4.1-nano',
            probe: 'chat',
            state: 'outage',
            reason: 'server_error',
            since: '2026-11-20T10:41:00.000Z',
          },
          {
            model: null,
            probe: 'reachability',
            state: 'operational',
            reason: 'healthy',
            since: '2026-11-20T10:41:00.000Z',
          },
        ],
      },
    ])
    expect(status.overall.text).toBe('OpenAI is out since 10:41 UTC, seen from one vantage.')
  })

  it('shows the worst first, and a local target by its id', () => {
    const local = endpoint(2, { provider: 'vllm', state: 'slow', reason: 'first_token_slow', blame: 'provider' })
    const { providers } = statusFrom({ endpoints: [endpoint(1), local] })
    expect(providers.map(({ id, name, kind }) => [id, name, kind])).toEqual([
      ['vllm', 'vllm', 'self_hosted'],
      ['openai', 'OpenAI', 'hosted'],
    ])
  })

  it('says unknown, and since when it is known of, where nothing has been judged', () => {
    const row = endpoint(1, {
      state: null,
      reason: null,
      confidence: null,
      voters: null,
      agree: null,
      since: null,
      known_at: since,
    })
    expect(statusFrom({ endpoints: [row] }).providers[0]).toMatchObject({
      state: 'unknown',
      reason: 'never_measured',
      since: since.toISOString(),
    })
  })

  it('counts uptime over chat endpoints, with the coverage it rests on', () => {
    const counts = [
      { endpoint: 1, planned: 100, ok: 90, failed: 10 },
      { endpoint: 2, planned: 100, ok: 50, failed: 0 },
      { endpoint: 3, planned: 1_000, ok: 0, failed: 1_000 },
    ]
    const endpoints = [endpoint(1), endpoint(2, { model: 'gpt-5' }), reach(3)]
    expect(statusFrom({ endpoints, counts }).providers[0]).toMatchObject({ uptime_24h: 0.95, coverage: 0.75 })
    expect(statusFrom({ endpoints: [reach(3)], counts }).providers[0]).toMatchObject({ uptime_24h: 0, coverage: 1 })
  })

  it('says that nothing was measured by null, not by zero', () => {
    const counts = [{ endpoint: 1, planned: 10, ok: 0, failed: 0 }]
    expect(statusFrom({ endpoints: [endpoint(1)], counts }).providers[0]).toMatchObject({
      uptime_24h: null,
      coverage: 0,
    })
  })

  it('merges first tokens over the chat endpoints and vantages of a provider, and over nothing else', () => {
    const of = (id: number, values: readonly number[]) => ({ endpoint: id, ...sketchOf(values) })
    const firstTokens = [of(1, [100, 110]), of(1, [120]), of(2, [4_000]), of(9, [60_000])]
    const { providers } = statusFrom({ endpoints: [endpoint(1), endpoint(2, { model: 'gpt-5' })], firstTokens })
    const { p50, p95, n } = providers[0]?.ttft_ms ?? {}
    expect(n).toBe(4)
    expect(p50).toBeGreaterThan(105)
    expect(p50).toBeLessThan(125)
    expect(p95).toBeCloseTo(4_000, -2)
  })

  it('shows each vantage with its own state, and how old the newest result of all is', () => {
    const vantage = { id: '019a9f2e-0000-7000-8000-000000000002', name: 'berlin', region: null, clock_offset_ms: -12 }
    const vantages = [
      { ...vantage, state: 'operational' as const, last_result_at: new Date(now - 4_200) },
      { ...vantage, state: null, last_result_at: null },
    ]
    const status = statusFrom({ vantages })
    expect(status.stale_s).toBe(4.2)
    expect(status.vantages.map(one => one.state)).toEqual(['operational', 'unknown'])
  })
})

it('first tokens reach back half an hour to an hour and a half, by whole hours', () => {
  const hour = 3_600_000
  const at = Date.UTC(2026, 10, 20, 10)
  expect(firstTokenSince(at + hour / 2)).toBe(at)
  expect(firstTokenSince(at + hour / 2 - 1)).toBe(at - hour)
})
