import { describe, expect, it } from 'vitest'
import { accumulate, type RolledResult } from './accumulate.ts'
import { levels } from './levels.ts'

const [fiveMinutes, hour, day] = levels
const nowMs = Date.parse('2026-11-20T12:00:00.000Z')
const at = (time: string) => Date.parse(`2026-11-20T${time}Z`)

const result = (over: Partial<RolledResult>): RolledResult => ({
  endpoint: 1,
  slotMs: at('10:30:00.000'),
  why: 'schedule',
  type: 'chat',
  outcome: 'ok',
  signal: null,
  httpStatus: 200,
  firstTokenUs: 250_000,
  lastByteUs: 900_000,
  tokensOut: 8,
  costUsd: 0.001,
  ...over,
})

const only = (results: readonly RolledResult[]) => {
  const [bucket, ...more] = accumulate({ results, skips: [] }, hour, nowMs)
  expect(more).toEqual([])
  if (bucket === undefined) throw new Error('no bucket')
  return bucket
}

describe('a bucket', () => {
  it('counts each scheduled slot once, by whose problem it was', () => {
    const outcomes = ['ok', 'server_error', 'rate_limited', 'bad_request', 'egress_denied', 'unclassified'] as const
    const { counts } = only(outcomes.map(outcome => result({ outcome })))
    expect(counts).toMatchObject({
      planned: 6,
      ok: 1,
      provider_failed: 1,
      account_failed: 1,
      config_failed: 1,
      vantage_failed: 1,
      unclassified: 1,
      skipped: 0,
    })
  })

  it('leaves follow-ups and questions by hand out of uptime and latency, a start out of uptime, and keeps what they cost', () => {
    const { counts, sketches } = only([
      result({}),
      result({ why: 'followup', outcome: 'server_error' }),
      result({ why: 'manual', firstTokenUs: 9_000_000 }),
      result({ why: 'boot', outcome: 'server_error' }),
      result({ why: 'boot', firstTokenUs: 500_000 }),
    ])
    expect(counts).toMatchObject({ planned: 1, ok: 1, provider_failed: 0, tokens_out: 40 })
    expect(counts.cost_usd).toBeCloseTo(0.005)
    expect(sketches.get('first_token')).toMatchObject({ n: 2, max: 500 })
  })

  it('takes a rejected key on a reachability endpoint for what it says there: the edge answered', () => {
    const { counts } = only([
      result({ type: 'reachability', outcome: 'auth_rejected', httpStatus: 401 }),
      result({ type: 'chat', outcome: 'auth_rejected', httpStatus: 401 }),
    ])
    expect(counts).toMatchObject({ ok: 1, account_failed: 1 })
  })

  it('blames the vantage for an origin that it never reached', () => {
    expect(only([result({ outcome: 'dns_failed', signal: 'never_reached' })]).counts).toMatchObject({
      provider_failed: 0,
      vantage_failed: 1,
    })
  })

  it('has the latency of ok results alone, and no first token where none is asked for', () => {
    const { sketches } = only([
      result({ type: 'reachability', firstTokenUs: null, lastByteUs: 80_000 }),
      result({ type: 'reachability', outcome: 'timeout', lastByteUs: 10_000_000 }),
    ])
    expect([...sketches.keys()]).toEqual(['total'])
    expect(sketches.get('total')).toMatchObject({ n: 1, min: 80, max: 80 })
  })

  it('is the hour of the slot, not of the answer', () => {
    const buckets = accumulate(
      { results: [result({ slotMs: at('10:59:59.999') }), result({ slotMs: at('11:00:00.000') })], skips: [] },
      hour,
      nowMs,
    )
    expect(buckets.map(bucket => bucket.startMs)).toEqual([at('10:00:00.000'), at('11:00:00.000')])
  })

  it('does not exist where its level does not reach so far back', () => {
    const old = { slotMs: nowMs - 8 * 86_400_000 }
    const rolled = {
      results: [result({}), result(old)],
      skips: [{ endpoint: 1, why: 'schedule' as const, firstMs: old.slotMs, lastMs: nowMs - 1, count: 8 * 24 }],
    }
    const planned = [fiveMinutes, hour, day].map(level =>
      accumulate(rolled, level, nowMs).reduce((sum, { counts }) => sum + counts.planned, 0),
    )
    expect(planned).toEqual([1 + 7 * 24, 2 + 8 * 24, 2 + 8 * 24])
  })

  it('counts skipped slots as planned, each in its own hour', () => {
    const skips = [
      { endpoint: 1, why: 'schedule' as const, firstMs: at('10:50:00.000'), lastMs: at('11:10:00.000'), count: 5 },
      { endpoint: 1, why: 'followup' as const, firstMs: at('10:50:00.000'), lastMs: at('10:50:00.000'), count: 1 },
    ]
    const buckets = accumulate({ results: [], skips }, hour, nowMs)
    expect(buckets.map(({ startMs, counts }) => [startMs, counts.planned, counts.skipped])).toEqual([
      [at('10:00:00.000'), 2, 2],
      [at('11:00:00.000'), 3, 3],
    ])
  })
})
