import { blameOf } from '@llmstatus/shared/outcome'
import { codesOf, commonest, evidenceOf, nothing } from './evidence.ts'
import { type Course, failingNow, stillFailing, windowOf } from './failing.ts'
import type { Policy } from './policy.ts'
import { countsAs, inWindow, isCountable, type Seen, type Series } from './series.ts'
import { slowNow, type Timed } from './slow.ts'
import type { Reason } from './state.ts'
import { tokensSlow } from './tokens-slow.ts'
import type { Vote } from './verdict.ts'

interface Case {
  readonly was: Vote | null
  readonly series: Series
  readonly policy: Policy
  readonly nowMs: number
}

/**
 * What one vantage says of one endpoint.
 *
 * Invariants
 * - Pure: the same was, results and time give the same vote, in whatever order the results come.
 * - Windows end at the newest result, so slow delivery and a prober's clock do not change a judgement; the clock only
 *   decides whether the newest result is too old to say anything.
 * - One bad probe never begins a state. A result that arrived late says nothing: it neither begins a state nor ends one.
 */
export const judgeVote = (input: Case): Vote => {
  const { series, policy, nowMs } = input
  const results = series.results.filter(result => !result.late).sort(bySlot)
  const quietMs = policy.quiet.intervals * series.intervalMs
  const newest = results.at(-1)
  if (newest === undefined || nowMs - newest.slotMs > quietMs + policy.quiet.graceMs) return silent(newest, input)
  const lately = results.filter(result => result.slotMs >= newest.slotMs - quietMs)
  const counted = results.filter(result => isCountable(series.type, result))
  if (!lately.some(result => isCountable(series.type, result))) return begin(notCountable(lately, series), input)
  const course: Course<Timed> = {
    endMs: newest.slotMs,
    furthestMs: quietMs,
    results: counted.map(result => ({ ...result, failed: countsAs(series.type, result) === 'failed' })),
  }
  const draft = failing(course, input) ?? slow(course, input) ?? well(course, policy)
  return begin(draft, input)
}

interface Draft extends Omit<Vote, 'sinceMs'> {
  /** When it began, as far as the results show. */
  readonly beganMs: number
}

/** The beginning moves only when the state does; an outage was a degradation first, and began with it. */
const begin = (draft: Draft, { was, nowMs }: Pick<Case, 'was' | 'nowMs'>): Vote => {
  const { beganMs, ...vote } = draft
  const goesOn = was !== null && (was.state === vote.state || (isDown(was) && isDown(vote)))
  return { ...vote, sinceMs: goesOn ? was.sinceMs : Math.min(beganMs, nowMs) }
}

type Down = 'outage' | 'degraded'
const isDown = <T extends { readonly state: string }>(vote: T): vote is T & { readonly state: Down } =>
  vote.state === 'outage' || vote.state === 'degraded'

const failing = (course: Course<Timed>, { was, series, policy }: Case): Draft | null => {
  const wasDown = was !== null && isDown(was) ? was.state : null
  const held = wasDown === null ? null : stillFailing(wasDown, course, policy)
  const now = failingNow(course, policy)
  const found = held?.state === 'outage' && now?.state !== 'outage' ? held : (now ?? held)
  if (found === null) return null
  const failed = found.results.filter(result => result.failed)
  return {
    state: found.state,
    reason: commonest(failed) ?? was?.reason ?? 'server_error',
    // The reference is the monitor itself.
    blame: series.type === 'reference' ? 'vantage' : 'provider',
    beganMs: failed[0]?.slotMs ?? course.endMs,
    evidence: evidenceOf(course, { ...found, latency: null }),
  }
}

const slowReasons = { first_token: 'first_token_slow', total: 'answer_slow', per_token: 'tokens_slow' } as const

const slow = (course: Course<Timed>, { was, series, policy }: Case): Draft | null => {
  const wasSlow = was?.state === 'slow'
  const { thresholds } = series
  const found =
    slowNow(course, { thresholds, was: wasSlow }, policy) ?? tokensSlow(course, thresholds.perTokenMs ?? null, policy)
  if (found === null) return null
  return {
    state: 'slow',
    reason: slowReasons[found.latency.metric],
    blame: 'provider',
    beganMs: found.beganMs,
    evidence: evidenceOf(course, found),
  }
}

const well = (course: Course<Timed>, policy: Policy): Draft => {
  const window = windowOf(course, policy.hold.windowMs, policy)
  const results = inWindow(course.results, window)
  const evidence = evidenceOf(course, { rule: 'none', window, results, latency: null })
  const common = { blame: null, evidence, beganMs: course.endMs } as const
  const lately = course.results.filter(result => result.slotMs >= course.endMs - course.furthestMs)
  if (lately.every(result => result.failed)) return { ...common, state: 'unknown', reason: 'too_few_results' }
  return { ...common, state: 'operational', reason: evidence.failed === 0 ? 'healthy' : 'isolated_failures' }
}

const silent = (newest: Seen | undefined, { was, nowMs }: Pick<Case, 'was' | 'nowMs'>): Vote => {
  const isNew = newest === undefined && (was === null || was.reason === 'never_measured')
  const reason: Reason = isNew ? 'never_measured' : 'no_results'
  return begin(
    { state: 'unknown', reason, blame: null, beganMs: newest?.slotMs ?? nowMs, evidence: nothing },
    { was, nowMs },
  )
}

/** Nothing lately says anything about the provider: whose problem it is instead. */
const notCountable = (lately: readonly Seen[], series: Series): Draft => {
  const yours = lately.filter(result => ['account', 'config'].includes(countsAs(series.type, result)))
  const limits = yours.filter(result => result.outcome === 'rate_limited' || result.outcome === 'quota_exhausted')
  const isThrottled = yours.length > 0 && limits.length === yours.length
  const refusals = yours.filter(result => !limits.includes(result))
  const here = lately.filter(result => countsAs(series.type, result) === 'vantage')
  const telling = [isThrottled ? limits : refusals, here, lately].find(group => group.length > 0) ?? lately
  const decisive = telling.at(-1)
  const outcome = decisive === undefined || decisive.outcome === 'ok' ? 'unclassified' : decisive.outcome
  return {
    state: isThrottled ? 'throttled' : 'unknown',
    reason: outcome,
    blame: blameOf(outcome, decisive?.signal ?? null),
    beganMs: telling[0]?.slotMs ?? 0,
    evidence: { ...nothing, codes: codesOf(lately) },
  }
}

const bySlot = (a: Seen, b: Seen): number =>
  a.slotMs - b.slotMs || (a.outcome < b.outcome ? -1 : a.outcome > b.outcome ? 1 : 0)
