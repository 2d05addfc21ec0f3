import { Duration } from '@llmstatus/shared/definition'
import { parseYaml } from '@llmstatus/shared/strict-yaml'
import { z } from 'zod'

/**
 * Every number that a judgement rests on, and why it is there. A policy file changes them one by one; what it leaves out
 * keeps its default. How often a failing probe is looked at again is the prober's decision, so it is not in here.
 */

/** How a number is written; docs/policy.md is made of these. */
export type Form = 'share' | 'count' | 'factor' | 'time'
const said = (form: Form, description: string) => ({ form, description })

const share = (value: number, why: string) => z.number().gt(0).max(1).default(value).meta(said('share', why))
const count = (value: number, why: string) => z.int().min(1).max(10_000).default(value).meta(said('count', why))
const factor = (value: number, why: string) => z.number().gt(0).max(100).default(value).meta(said('factor', why))
const time = (value: `${number}${'s' | 'm' | 'h'}`, why: string) =>
  Duration.default(Duration.parse(value)).meta(said('time', why))

/** A section that is left out has all its defaults. The cast: zod's types cannot say that every key here has one. */
const section = <S extends z.ZodRawShape>(about: string, shape: S) => {
  const inner = z.strictObject(shape)
  return inner.default(inner.parse({}) as never).describe(about)
}

export const PolicyFile = z.strictObject({
  version: z.literal(1),
  quiet: section('When nothing comes any more.', {
    intervals: factor(3.5, 'Nothing for so many intervals, and the state is unknown.'),
    grace: time('20s', 'Beside that, what a result may need to arrive: delivery, not a window.'),
  }),
  sparse: section('Where probes are rare.', {
    results: count(3, 'A window that holds fewer results reaches back to the last so many, within the quiet time.'),
  }),
  degraded: section('When failures are a state.', {
    share: share(0.3, 'Degraded from this share of failures on,'),
    window: time('2m', 'over this window,'),
    failures: count(2, 'and from so many failures on: one bad probe never suffices.'),
    long_window: time('5m', 'The same share also counts over this longer window,'),
    long_results: count(5, 'from so many results on.'),
  }),
  outage: section('When they are an outage.', {
    share: share(0.7, 'Out from this share of failures on,'),
    window: time('5m', 'over this window,'),
    results: count(10, 'from so many results on (a probe without follow-ups: sparse.results),'),
    all_failed: count(6, 'or so many where every one of them failed,'),
    span: time('230s', 'when the first and the last failure are so far apart,'),
    last_failed: count(3, 'and the last so many all failed.'),
  }),
  hold: section('When a state ends.', {
    share: share(0.1, 'A state ends when at most this share failed, or was slow,'),
    window: time('5m', 'over this window,'),
    results: count(5, 'from so many results on; fewer of them must all be clean.'),
  }),
  slow: section('When latency is a state.', {
    quantile: share(0.95, 'Slow when this quantile is above the threshold,'),
    window: time('30m', 'over this window,'),
    results: count(20, 'which reaches back to the last so many results,'),
    longest_window: time('2h', 'but never further than this,'),
    above: count(3, 'and so many results are above the threshold,'),
    lately: count(2, 'and so many of the last few (hold.results) are;'),
    in_a_row: count(3, 'or when so many in a row are.'),
    general_in_a_row: count(5, 'Before there is a baseline, slow opens an incident only when so many in a row are.'),
    floor: time('3s', 'No threshold of our own is below this;'),
    reasoning_floor: time('10s', 'of a reasoning model without a baseline, not below this.'),
    baseline_factor: factor(2, 'The threshold is so many times the usual quantile,'),
    baseline_results: count(50, 'once that rests on so many results.'),
  }),
  vantages: section('How many must see it.', {
    share: share(0.5, 'A state is what is so when this share of the votes holds it,'),
    least: count(2, 'and at least so many of them.'),
    alone_for: time('10m', 'A vantage that is alone with degraded or slow opens an incident after this long.'),
  }),
  confidence: section('How sure that is.', {
    medium: count(2, 'Votes for medium confidence.'),
    high: count(3, 'Votes for high confidence.'),
  }),
  incident: section('When somebody is told.', {
    failures: count(3, 'An incident opens on so many failures in a row over all probes and vantages of the provider,'),
    passes_each: count(3, 'and on one more for each so many results that were well between them.'),
    critical_in_a_row: count(3, 'So many failures in a row make an open incident critical,'),
    critical_share: share(0.5, 'at this share of the votes.'),
    clean_windows: count(2, 'It resolves after so many clean windows in a row,'),
    reopen_within: time('10m', 'and reopens, rather than opening another one, within this time.'),
    abandon_after: time('24h', 'It is closed as not measured any more after so long without an answer.'),
  }),
  late: section('What is too old.', {
    forget_after: time('168h', 'An endpoint without a planned probe for so long leaves the status.'),
  }),
})

type Frozen<T> = { readonly [K in keyof T]: Frozen<T[K]> }
export type Policy = Frozen<ReturnType<typeof toPolicy>>

const toPolicy = (file: z.output<typeof PolicyFile>) => ({
  quiet: { intervals: file.quiet.intervals, graceMs: file.quiet.grace },
  sparse: { results: file.sparse.results },
  degraded: {
    share: file.degraded.share,
    windowMs: file.degraded.window,
    failures: file.degraded.failures,
    longWindowMs: file.degraded.long_window,
    longResults: file.degraded.long_results,
  },
  outage: {
    share: file.outage.share,
    windowMs: file.outage.window,
    results: file.outage.results,
    allFailed: file.outage.all_failed,
    spanMs: file.outage.span,
    lastFailed: file.outage.last_failed,
  },
  hold: { share: file.hold.share, windowMs: file.hold.window, results: file.hold.results },
  slow: {
    quantile: file.slow.quantile,
    windowMs: file.slow.window,
    results: file.slow.results,
    longestWindowMs: file.slow.longest_window,
    above: file.slow.above,
    lately: file.slow.lately,
    inARow: file.slow.in_a_row,
    generalInARow: file.slow.general_in_a_row,
    floorMs: file.slow.floor,
    reasoningFloorMs: file.slow.reasoning_floor,
    baselineFactor: file.slow.baseline_factor,
    baselineResults: file.slow.baseline_results,
  },
  vantages: { share: file.vantages.share, least: file.vantages.least, aloneForMs: file.vantages.alone_for },
  confidence: file.confidence,
  incident: {
    failures: file.incident.failures,
    passesEach: file.incident.passes_each,
    criticalInARow: file.incident.critical_in_a_row,
    criticalShare: file.incident.critical_share,
    cleanWindows: file.incident.clean_windows,
    reopenWithinMs: file.incident.reopen_within,
    abandonAfterMs: file.incident.abandon_after,
  },
  late: { forgetAfterMs: file.late.forget_after },
})

const freeze = (policy: ReturnType<typeof toPolicy>): Policy => {
  for (const part of Object.values(policy)) Object.freeze(part)
  return Object.freeze(policy)
}

/** What holds where there is no file. */
export const defaultPolicy: Policy = freeze(toPolicy(PolicyFile.parse({ version: 1 })))

/** Throws a CodedError that says where the file is wrong. */
export const readPolicy = (text: string, file: string): Policy => freeze(toPolicy(parseYaml(PolicyFile, text, file)))
