import type { Outcome } from '@llmstatus/shared/outcome'
import { describe, expect, it } from 'vitest'
import type { Facts, ResultFacts } from './facts.ts'
import { findNotices } from './find.ts'
import type { Kind } from './kinds.ts'
import { factsOf, nowMs, proberOf, resultOf, results, seriesOf } from './testing/facts.ts'

type Ending = Outcome | Partial<ResultFacts>

const minuteMs = 60_000
const found = (more: Partial<Facts>) => findNotices(factsOf(more))
/** `kind` begins, `kind~` lingers. */
const brief = (more: Partial<Facts>) =>
  found(more).map(({ kind, strength }) => kind + (strength === 'begins' ? '' : '~'))

describe('where all is well', () => {
  it('there is nothing to say', () => {
    const coverage = [{ prober: 1, provider: 'openai', planned: 60, measured: 60, skips: {} }]
    const definitions = { count: 2, expiresMs: nowMs + 1 }
    expect(found({ series: [seriesOf(results('ok', 'ok', 'ok'))], coverage, definitions })).toEqual([])
  })

  it('a failure of the provider is nothing to say either: that is an incident', () => {
    const latest = results('timeout', 'server_error', 'overloaded', 'wrong_answer')
    expect(found({ series: [seriesOf(latest)] })).toEqual([])
  })
})

describe('what ends the same way again and again', () => {
  const cases: readonly (readonly [Kind, Ending])[] = [
    ['key_rejected', 'auth_rejected'],
    ['quota_gone', 'quota_exhausted'],
    ['access_denied', 'permission_denied'],
    ['model_gone', 'model_not_found'],
    ['question_refused', 'bad_request'],
    ['question_refused', 'content_filtered'],
    ['question_refused', 'cut_short'],
    ['guard_refuses', 'egress_denied'],
    ['never_reached', { outcome: 'connect_failed', signal: 'never_reached' }],
    ['proxy_failing', { outcome: 'connect_failed', signal: 'proxy_failed' }],
    ['certificate_ends', { outcome: 'wrong_answer', signal: 'certificate_ends' }],
  ]
  it.each(cases)('%s: two begin it, one keeps it, none ends it', (kind, one) => {
    expect(brief({ series: [seriesOf(results(one, one, 'ok'))] })).toEqual([kind])
    expect(brief({ series: [seriesOf(results(one, 'ok', one))] })).toEqual([`${kind}~`])
    expect(brief({ series: [seriesOf(results('ok', one, one))] })).toEqual([])
  })

  it('one at each of two endpoints of a provider begins it, and is one notice', () => {
    const series = ['a', 'b'].map(model => seriesOf(results('auth_rejected', 'ok'), { model }))
    expect(found({ series })).toEqual([
      {
        kind: 'key_rejected',
        strength: 'begins',
        prober: 1,
        provider: 'openai',
        model: '',
        probe: '',
        details: { outcome: 'auth_rejected', signal: null, in_a_row: 2 },
      },
    ])
  })

  it('is said of each model where a model is what is missing', () => {
    const gone = results('model_not_found', 'model_not_found')
    const series = ['a', 'b'].map(model => seriesOf(gone, { model }))
    expect(found({ series }).map(one => one.model)).toEqual(['a', 'b'])
  })

  it('is interrupted by nothing that says nothing of it', () => {
    const latest = results('vantage_offline', 'auth_rejected', 'prober_overloaded', 'auth_rejected')
    expect(brief({ series: [seriesOf(latest)] })).toEqual(['key_rejected'])
  })

  it('is kept while the prober is quiet, and forgotten where the prober no longer asks', () => {
    const old = [resultOf(120, { outcome: 'auth_rejected' }), resultOf(121, { outcome: 'auth_rejected' })]
    const quiet = proberOf({ lastBatchMs: nowMs - 120 * minuteMs, lastResultMs: nowMs - 120 * minuteMs })
    expect(brief({ series: [seriesOf(old)], probers: [quiet] })).toEqual(['key_rejected', 'prober_quiet'])
    expect(brief({ series: [seriesOf(old)] })).toEqual([])
    expect(brief({ series: [seriesOf(old, { everyMs: 60 * minuteMs })] })).toEqual(['key_rejected'])
  })
})

describe('headroom', () => {
  const room = (remaining: number, limit = 100) => ({ requests: { limit, remaining } })
  it('is low below 30 %, twice in a row, and stays so below 40 %', () => {
    expect(brief({ series: [seriesOf(results(room(29), room(29)))] })).toEqual(['headroom_low'])
    expect(brief({ series: [seriesOf(results(room(29), room(30)))] })).toEqual(['headroom_low~'])
    expect(brief({ series: [seriesOf(results(room(39), room(29)))] })).toEqual(['headroom_low~'])
    expect(brief({ series: [seriesOf(results(room(40), room(1)))] })).toEqual([])
  })

  it('is that of the endpoint and of the limit where least is left', () => {
    const both = { requests: { limit: 100, remaining: 90 }, tokens: { limit: 1000, remaining: 120 } }
    const series = [
      seriesOf(results(room(20), room(20)), { model: 'a' }),
      seriesOf(results(both, both), { model: 'b' }),
    ]
    expect(found({ series }).map(one => one.details)).toEqual([
      { of: 'tokens', left_percent: 12, remaining: 120, limit: 1000 },
    ])
  })

  it('is no news where it is an hour old, where there is no limit, and below nothing it is nothing', () => {
    const old = [resultOf(61, room(1)), resultOf(62, room(1))]
    expect(brief({ series: [seriesOf(old, { everyMs: 3_600_000 })] })).toEqual([])
    expect(brief({ series: [seriesOf(results(room(0, 0), room(0, 0)))] })).toEqual([])
    const [one] = found({ series: [seriesOf(results(room(-3), room(-3)))] })
    expect(one?.details).toMatchObject({ left_percent: 0 })
  })
})

describe('tokens per second', () => {
  const floor = 100
  const at = (perSecond: number) => ({
    tokensOut: 101,
    firstTokenUs: 0,
    lastByteUs: Math.round((100 / perSecond) * 1e6),
  })
  const five = (perSecond: number) => results(...Array.from({ length: 5 }, () => at(perSecond)))
  it('are slow below the floor of the definition, by their median, and stay so up to a tenth above it', () => {
    const of = (perSecond: number) => brief({ series: [seriesOf(five(perSecond), { tokensPerSecondFloor: floor })] })
    expect([of(99), of(105), of(111)]).toEqual([['tokens_slow'], ['tokens_slow~'], []])
  })

  it('have no floor of ours, and need five answers that are long enough', () => {
    expect(brief({ series: [seriesOf(five(1))] })).toEqual([])
    expect(brief({ series: [seriesOf(five(1).slice(1), { tokensPerSecondFloor: floor })] })).toEqual([])
    const short = results(...Array.from({ length: 9 }, () => ({ ...at(1), tokensOut: 19 })))
    expect(brief({ series: [seriesOf(short, { tokensPerSecondFloor: floor })] })).toEqual([])
  })
})

describe('the model that a provider says it is', () => {
  const said = (...names: readonly string[]) => [seriesOf(results(...names.map(reportedModel => ({ reportedModel }))))]
  it('has changed when it says three times what it never said before', () => {
    expect(found({ series: said('b', 'b', 'b', 'a', 'a') })).toMatchObject([
      { kind: 'model_changed', details: { from: 'a', to: 'b' } },
    ])
  })

  it('has not where it goes to and fro, where it is new, or where it has been said once', () => {
    expect(brief({ series: said('b', 'b', 'b', 'a', 'b') })).toEqual([])
    expect(brief({ series: said('b', 'b', 'b') })).toEqual([])
    expect(brief({ series: said('b', 'b', 'a', 'a') })).toEqual([])
  })
})

describe('a prober', () => {
  const quietFor = (ms: number, everyMs: number | null = minuteMs) =>
    brief({ probers: [proberOf({ lastBatchMs: nowMs - ms, everyMs })] })
  it('is quiet after three and a half of its intervals and a minute, and never within three minutes', () => {
    expect([quietFor(4.5 * minuteMs - 1), quietFor(4.5 * minuteMs)]).toEqual([[], ['prober_quiet']])
    expect([quietFor(3 * minuteMs - 1, 1_000), quietFor(3 * minuteMs, 1_000)]).toEqual([[], ['prober_quiet']])
  })

  it('is quiet too where it was approved and nothing ever came', () => {
    const probers = [proberOf({ lastBatchMs: null, lastResultMs: null, everyMs: null })]
    expect(found({ probers })).toMatchObject([{ kind: 'prober_quiet', details: { last_batch_at: null } }])
    expect(brief({ probers: [{ ...proberOf({ lastBatchMs: null }), approvedMs: nowMs - minuteMs }] })).toEqual([])
  })

  it('has a wrong clock beyond 30 s, either way, until it is within 20 s', () => {
    const off = (clockOffsetMs: number | null) => brief({ probers: [proberOf({ clockOffsetMs })] })
    expect([off(30_001), off(-30_001), off(25_000), off(20_000), off(null)]).toEqual([
      ['clock_off'],
      ['clock_off'],
      ['clock_off~'],
      [],
      [],
    ])
  })

  it('has lines rejected, by reason', () => {
    expect(found({ probers: [proberOf({ rejected: { bad_shape: 2, not_json: 1 } })] })).toMatchObject([
      { kind: 'lines_rejected', details: { lines: 3, reasons: { bad_shape: 2, not_json: 1 } } },
    ])
  })

  it('reads its results otherwise than we do from one in twenty on', () => {
    const twenty = (differ: number) =>
      seriesOf(results(...Array.from({ length: 20 }, (_, i) => (i < differ ? { stated: 'ok' as const } : 'ok'))))
    expect(brief({ series: [twenty(1)] })).toEqual(['outcomes_differ'])
    expect(brief({ series: [twenty(1), { ...twenty(0), model: 'b' }] })).toEqual(['outcomes_differ~'])
    expect(brief({ series: [twenty(0)] })).toEqual([])
    expect(brief({ series: [seriesOf(twenty(19).latest.slice(1))] })).toEqual([])
  })
})

describe('coverage', () => {
  const coverage = (measured: number, planned = 10) => [
    { prober: 1, provider: 'openai', planned, measured, skips: { budget_spent: 6 } },
  ]
  it('is lost below a half, and not found again below four fifths', () => {
    expect(brief({ coverage: coverage(4) })).toEqual(['coverage_lost'])
    expect(brief({ coverage: coverage(5) })).toEqual(['coverage_lost~'])
    expect(brief({ coverage: coverage(8) })).toEqual([])
    expect(brief({ coverage: coverage(0, 5) })).toEqual([])
    expect(found({ coverage: coverage(4) })[0]?.details).toEqual({
      planned: 10,
      measured: 4,
      skips: { budget_spent: 6 },
    })
  })

  it('is not said again where it is known what took it, and is said where that is about another', () => {
    const unreached = { outcome: 'dns_failed', signal: 'never_reached' } as const
    const series = [seriesOf(results(unreached, unreached))]
    expect(brief({ coverage: coverage(0), series })).toEqual(['never_reached'])
    const other = series.map(one => ({ ...one, provider: 'groq' }))
    expect(brief({ coverage: coverage(0), series: other })).toEqual(['never_reached', 'coverage_lost'])
  })
})

describe('the set of definitions', () => {
  it('has expired when its time is over, and is nothing to say where it is empty', () => {
    expect(brief({ definitions: { count: 2, expiresMs: nowMs } })).toEqual(['definitions_expired'])
    expect(brief({ definitions: { count: 0, expiresMs: nowMs } })).toEqual([])
  })
})
