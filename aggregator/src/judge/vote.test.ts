import { type Outcome, outcomeCodes } from '@llmstatus/shared/outcome'
import { assert, constantFrom, integer, property, record, shuffledSubarray, uniqueArray } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultPolicy } from './policy.ts'
import type { Seen, Series } from './series.ts'
import { isFailing, severity } from './state.ts'
import type { Vote } from './verdict.ts'
import { judgeVote } from './vote.ts'

const minute = 60_000
const t0 = Date.UTC(2026, 10, 20, 10, 0, 0)

const seen = (slotMs: number, outcome: Outcome, more: Partial<Seen> = {}): Seen => ({
  slotMs,
  why: 'schedule',
  outcome,
  signal: null,
  httpStatus: outcome === 'ok' ? 200 : null,
  firstTokenMs: outcome === 'ok' ? 400 : null,
  totalMs: outcome === 'ok' ? 900 : null,
  late: false,
  ...more,
})

/** The last of them is at t0. */
const row = (outcomes: readonly Outcome[], everyMs = minute): readonly Seen[] =>
  outcomes.map((outcome, i) => seen(t0 - (outcomes.length - 1 - i) * everyMs, outcome))

const chat = (results: readonly Seen[], more: Partial<Series> = {}): Series => ({
  type: 'chat',
  intervalMs: minute,
  thresholds: { firstTokenMs: 3_000, totalMs: null, basis: 'known' },
  results,
  ...more,
})

const judge = (series: Series, was: Vote | null = null, nowMs = t0 + 2_000): Vote =>
  judgeVote({ was, series, policy: defaultPolicy, nowMs })

const times = <T>(n: number, value: T): readonly T[] => Array.from({ length: n }, () => value)
const slowRow = (ms: readonly number[], everyMs = minute) =>
  row(times(ms.length, 'ok' as const), everyMs).map((one, i) => ({ ...one, firstTokenMs: ms[i] ?? null }))
const down = (state: 'degraded' | 'outage'): Vote => {
  const vote = judge(chat(row(['ok', 'ok', 'timeout', 'timeout'])))
  return { ...vote, state, sinceMs: t0 - 20 * minute }
}

describe('a vote', () => {
  it('is operational when everything is well', () => {
    expect(judge(chat(row(times(10, 'ok'))))).toMatchObject({ state: 'operational', reason: 'healthy', blame: null })
  })

  it('records one bad probe, and stays operational', () => {
    const vote = judge(chat(row(['ok', 'ok', 'ok', 'ok', 'timeout'])))
    expect(vote).toMatchObject({
      state: 'operational',
      reason: 'isolated_failures',
      evidence: { failed: 1, streak: 1 },
    })
  })

  it('is degraded by two failures within two minutes, and says which, since when and how many', () => {
    const vote = judge(chat(row(['ok', 'ok', 'ok', 'server_error', 'server_error'])))
    expect(vote).toEqual({
      state: 'degraded',
      reason: 'server_error',
      blame: 'provider',
      sinceMs: t0 - minute,
      evidence: {
        rule: 'short_window',
        n: 3,
        failed: 2,
        window_s: 120,
        codes: { server_error: 2 },
        ok_since: 0,
        streak: 2,
        latency: null,
      },
    })
  })

  it('is degraded by a third of failures over five minutes', () => {
    const outcomes = ['timeout', 'ok', 'ok', 'timeout', 'ok', 'ok'] as const
    expect(judge(chat(row(outcomes)))).toMatchObject({
      state: 'degraded',
      evidence: { rule: 'long_window', n: 6, failed: 2 },
    })
  })

  it('is an outage when ten and more failed over nearly four minutes', () => {
    const results = row(times(13, 'timeout'), 20_000).map((one, i) => ({
      ...one,
      why: i === 0 ? 'schedule' : 'followup',
    }))
    expect(judge(chat(results))).toMatchObject({ state: 'outage', evidence: { rule: 'outage' } })
    expect(judge(chat(results.slice(0, 9))).state).toBe('degraded')
    expect(judge(chat(results.slice(4))).state).toBe('degraded')
  })

  it('is an outage by fewer results where nothing is looked at again', () => {
    expect(judge(chat(row(['ok', ...times(5, 'timeout' as const)])))).toMatchObject({ state: 'outage' })
    expect(judge(chat(row(['ok', ...times(4, 'timeout' as const)])))).toMatchObject({ state: 'degraded' })
  })

  it('is no outage while the last one was well', () => {
    expect(judge(chat(row([...times(5, 'timeout' as const), 'ok'])), down('degraded')).state).toBe('degraded')
  })

  it('reaches back to the last three results where probes are rare, and no further than the quiet time', () => {
    const rare = { intervalMs: 5 * minute }
    expect(judge(chat(row(['ok', 'timeout', 'timeout'], 5 * minute), rare)).state).toBe('degraded')
    expect(judge(chat(row(['ok', 'timeout', 'timeout'], 18 * minute), rare)).state).toBe('unknown')
  })

  it('gives the commonest failure as its reason', () => {
    const vote = judge(chat(row(['ok', 'overloaded', 'timeout', 'overloaded'])))
    expect(vote).toMatchObject({ reason: 'overloaded', evidence: { codes: { overloaded: 2, timeout: 1 } } })
  })

  it('is unknown, not operational, while there are failures alone and too few of them', () => {
    expect(judge(chat(row(['timeout'])))).toMatchObject({ state: 'unknown', reason: 'too_few_results' })
  })
})

describe('a state that has begun', () => {
  it('goes on until five minutes are clean', () => {
    const recovering = row(['timeout', 'timeout', ...times(5, 'ok' as const)])
    expect(judge(chat(recovering), down('degraded'))).toMatchObject({ state: 'degraded', evidence: { rule: 'hold' } })
    expect(judge(chat(row(['timeout', ...times(6, 'ok' as const)])), down('degraded')).state).toBe('operational')
  })

  it('keeps its beginning and its reason while it goes on', () => {
    const vote = judge(chat(row(['timeout', 'timeout', 'ok', 'ok', 'ok', 'ok'])), down('degraded'))
    expect(vote).toMatchObject({ sinceMs: t0 - 20 * minute, reason: 'timeout' })
  })

  it('ends with three clean results where probes are rare', () => {
    const rare = { intervalMs: 5 * minute }
    expect(judge(chat(row(['timeout', 'ok', 'ok'], 5 * minute), rare), down('degraded')).state).toBe('degraded')
    expect(judge(chat(row(['timeout', 'ok', 'ok', 'ok'], 5 * minute), rare), down('degraded')).state).toBe(
      'operational',
    )
  })

  it('becomes a degradation before it ends, where it was an outage', () => {
    const results = row([...times(3, 'timeout' as const), ...times(9, 'ok' as const)], 25_000)
    expect(judge(chat(results), down('outage')).state).toBe('degraded')
  })
})

describe('what says nothing about the provider', () => {
  it('is unknown after three and a half intervals and the time of delivery', () => {
    const results = row(times(5, 'ok'))
    expect(judge(chat(results), null, t0 + 230_000).state).toBe('operational')
    expect(judge(chat(results), null, t0 + 230_001)).toMatchObject({
      state: 'unknown',
      reason: 'no_results',
      sinceMs: t0,
    })
  })

  it('is unknown before the first result', () => {
    expect(judge(chat([]))).toMatchObject({ state: 'unknown', reason: 'never_measured' })
  })

  it('is throttled where only limits of the account were met', () => {
    const vote = judge(chat(row(['rate_limited', 'quota_exhausted', 'rate_limited'])))
    expect(vote).toMatchObject({ state: 'throttled', reason: 'rate_limited', blame: 'account' })
  })

  it('is unknown with its reason where the key or the question is wrong', () => {
    expect(judge(chat(row(['rate_limited', 'auth_rejected', 'rate_limited'])))).toMatchObject({
      state: 'unknown',
      reason: 'auth_rejected',
      blame: 'account',
    })
    expect(judge(chat(row(times(3, 'model_not_found'))))).toMatchObject({ reason: 'model_not_found', blame: 'config' })
  })

  it('is unknown where this vantage is the problem', () => {
    expect(judge(chat(row(times(4, 'vantage_offline'))))).toMatchObject({ reason: 'vantage_offline', blame: 'vantage' })
    const never = row(times(4, 'dns_failed')).map(one => ({ ...one, signal: 'never_reached' }))
    expect(judge(chat(never))).toMatchObject({ state: 'unknown', reason: 'dns_failed', blame: 'vantage' })
  })

  it('does not hide what does: failures among refusals still count', () => {
    expect(judge(chat(row(['ok', 'rate_limited', 'timeout', 'timeout']))).state).toBe('degraded')
  })

  it('is ok at the edge: a listing that answers 401 was reached', () => {
    const refused = row(times(3, 'auth_rejected')).map(one => ({ ...one, httpStatus: 401 }))
    expect(judge(chat(refused, { type: 'reachability' })).state).toBe('operational')
    expect(judge(chat(refused)).state).toBe('unknown')
  })
})

describe('slow', () => {
  it('is three in a row above the threshold', () => {
    const vote = judge(chat(slowRow([400, 400, 3_500, 3_600, 4_100])))
    expect(vote).toMatchObject({
      state: 'slow',
      reason: 'first_token_slow',
      blame: 'provider',
      sinceMs: t0 - 2 * minute,
    })
    expect(vote.evidence).toMatchObject({
      rule: 'slow_in_a_row',
      latency: { p95_ms: 4_100, threshold_ms: 3_000, above: 3 },
    })
  })

  it('is the tail of half an hour, if three of them are above', () => {
    const mixed = times(30, 400).map((ms, i) => (i % 9 === 8 ? 5_000 : ms))
    expect(judge(chat(slowRow([...mixed, 5_000]))).evidence.rule).toBe('slow_quantile')
    expect(judge(chat(slowRow([...times(18, 400), 5_000, 5_000]))).state).toBe('operational')
  })

  it('is never a matter of the median', () => {
    expect(judge(chat(slowRow(times(30, 2_900)))).state).toBe('operational')
  })

  it('ends when five minutes are below, though the half hour is not', () => {
    const slow = judge(chat(slowRow([...times(20, 400), 5_000, 5_000, 5_000])))
    const later = slowRow([...times(20, 400), 5_000, 5_000, 5_000, ...times(6, 400)])
    expect(judge(chat(later.slice(0, -3)), slow).state).toBe('slow')
    expect(judge(chat(later), slow)).toMatchObject({ state: 'operational', reason: 'healthy' })
  })

  it('has no meaning without a threshold', () => {
    const none = { thresholds: { firstTokenMs: null, totalMs: null, basis: 'known' as const } }
    expect(judge(chat(slowRow(times(10, 60_000)), none)).state).toBe('operational')
  })

  it('is what the whole answer takes where that was agreed', () => {
    const agreed = { thresholds: { firstTokenMs: 3_000, totalMs: 800, basis: 'known' as const } }
    expect(judge(chat(slowRow(times(5, 400)), agreed))).toMatchObject({ state: 'slow', reason: 'answer_slow' })
  })

  it('does not cover a failure', () => {
    expect(
      judge(chat([...slowRow([5_000, 5_000, 5_000]), seen(t0 + 1_000, 'timeout'), seen(t0 + 1_500, 'timeout')])).state,
    ).toBe('degraded')
  })
})

describe('late results', () => {
  const late = (results: readonly Seen[]) => results.map(result => ({ ...result, late: true }))

  it('begin no state and end none', () => {
    const failed = late(row(['timeout', 'timeout', 'timeout', 'timeout']))
    expect(judge(chat([...failed, seen(t0 + 1, 'ok'), seen(t0 + 2, 'ok')])).state).toBe('operational')
    const well = late(row(times(10, 'ok')))
    const failing = [seen(t0 + 1, 'timeout'), seen(t0 + 2, 'timeout')]
    expect(judge(chat([...well, ...failing]), down('degraded')).state).toBe('degraded')
  })

  it('are no news: where there is nothing else, nothing is known', () => {
    expect(judge(chat(late(row(times(5, 'timeout')))))).toMatchObject({ state: 'unknown', reason: 'never_measured' })
  })
})

describe('slow before anything is known of an endpoint', () => {
  const general = { thresholds: { firstTokenMs: 3_000, totalMs: null, basis: 'general' as const } }

  it('is shown after three in a row, and means it after five', () => {
    expect(judge(chat(slowRow([...times(20, 400), ...times(3, 4_000)]), general)).evidence.rule).toBe('slow_general')
    expect(judge(chat(slowRow([...times(20, 400), ...times(5, 4_000)]), general)).evidence.rule).toBe('slow_in_a_row')
  })

  it('is shown where the tail is heavy', () => {
    const tail = times(30, 400).map((ms, i) => (i % 9 === 2 ? 5_000 : ms))
    expect(judge(chat(slowRow([...tail, 5_000]), general)).evidence.rule).toBe('slow_general')
  })
})

it('a slow hour that is over does not come back with the next slow answer', () => {
  const over = [...times(10, 5_000), ...times(12, 400), 5_000]
  expect(judge(chat(slowRow(over))).state).toBe('operational')
  expect(judge(chat(slowRow([...over, 400, 5_000]))).evidence.rule).toBe('slow_quantile')
})

describe('every vote', () => {
  const result = record({
    slotMs: integer({ min: 0, max: 72 }).map(n => t0 - n * 10_000),
    why: constantFrom('schedule', 'followup'),
    outcome: constantFrom(...outcomeCodes),
    signal: constantFrom(null, 'never_reached'),
    httpStatus: constantFrom(null, 401, 503),
    firstTokenMs: constantFrom(null, 400, 4_000),
    totalMs: constantFrom(null, 900, 9_000),
    late: constantFrom(false, false, true),
  })
  const results = uniqueArray(result, { selector: one => one.slotMs, maxLength: 40 })
  const wases = constantFrom(null, down('degraded'), down('outage'))
  const noLatency = { thresholds: { firstTokenMs: null, totalMs: null, basis: 'known' as const } }

  it('is the same in whatever order the results come', () => {
    const shuffled = results.chain(all =>
      shuffledSubarray([...all], { minLength: all.length, maxLength: all.length }).map(other => [all, other] as const),
    )
    assert(
      property(shuffled, wases, ([all, other], was) => {
        expect(judge(chat(other), was)).toEqual(judge(chat(all), was))
      }),
    )
  })

  it('gets no better when a result gets worse', () => {
    const rank = (vote: Vote) => (isFailing(vote.state) ? severity(vote.state) : 0)
    const sound = record({ slotMs: result.map(one => one.slotMs), outcome: constantFrom<Outcome>('ok', 'timeout') })
    const okOrFailed = uniqueArray(sound, { selector: one => one.slotMs, maxLength: 40 }).map(all =>
      all.map(one => seen(one.slotMs, one.outcome)),
    )
    assert(
      property(okOrFailed, integer({ min: 0, max: 39 }), wases, (all, index, was) => {
        const worse = all.map((one, i) => (i === index ? { ...one, outcome: 'timeout' as const } : one))
        expect(rank(judge(chat(worse, noLatency), was))).toBeGreaterThanOrEqual(rank(judge(chat(all, noLatency), was)))
      }),
    )
  })

  it('fails by no single bad probe', () => {
    assert(
      property(results, integer({ min: 0, max: 39 }), (all, index) => {
        const one = all.map((each, i) => ({
          ...each,
          outcome: i === index ? ('server_error' as const) : ('ok' as const),
        }))
        expect(isFailing(judge(chat(one, noLatency)).state)).toBe(false)
      }),
    )
  })

  it('began in the past, and blames somebody for every failing state', () => {
    assert(
      property(results, wases, (all, was) => {
        const vote = judge(chat(all), was)
        expect(vote.sinceMs).toBeLessThanOrEqual(t0 + 2_000)
        if (isFailing(vote.state)) expect(vote.blame).toBe('provider')
      }),
    )
  })
})
