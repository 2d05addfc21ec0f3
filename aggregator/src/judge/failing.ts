import type { Policy } from './policy.ts'
import { inWindow, type Window } from './series.ts'
import type { Rule, VoteState } from './verdict.ts'

/** Rules 3 and 4: when failures become a state, and when a state ends. */

export interface Counted {
  readonly slotMs: number
  readonly why: string
  readonly failed: boolean
}

/** Countable results, ascending; windows end at `endMs` and may reach back `furthestMs` where probes are sparse. */
export interface Course<T extends Counted = Counted> {
  readonly results: readonly T[]
  readonly endMs: number
  readonly furthestMs: number
}

export interface Finding<T extends Counted = Counted> {
  readonly state: Extract<VoteState, 'outage' | 'degraded'>
  readonly rule: Rule
  readonly window: Window
  readonly results: readonly T[]
}

const failures = <T extends Counted>(results: readonly T[]): readonly T[] => results.filter(result => result.failed)

const share = (results: readonly Counted[]): number =>
  results.length === 0 ? 0 : failures(results).length / results.length

export const windowOf = (course: Course, lengthMs: number, policy: Policy): Window => ({
  endMs: course.endMs,
  lengthMs,
  least: policy.sparse.results,
  furthestMs: course.furthestMs,
})

/** The worst rule that holds now, or null. */
export const failingNow = <T extends Counted>(course: Course<T>, policy: Policy): Finding<T> | null =>
  outage(course, policy) ?? shortWindow(course, policy) ?? longWindow(course, policy)

const outage = <T extends Counted>(course: Course<T>, policy: Policy): Finding<T> | null => {
  const window = windowOf(course, policy.outage.windowMs, policy)
  const results = inWindow(course.results, window)
  const bad = failures(results)
  const spanMs = (bad.at(-1)?.slotMs ?? 0) - (bad[0]?.slotMs ?? 0)
  const last = results.slice(-policy.outage.lastFailed)
  // A probe that is not looked at again at once never has ten results in five minutes.
  const isLookedAt = results.some(result => result.why === 'followup')
  // Where each look hangs until its time-out there are fewer of them, and where none was well fewer suffice.
  const enough = bad.length === results.length ? policy.outage.allFailed : policy.outage.results
  const least = isLookedAt ? enough : policy.sparse.results
  const holds =
    results.length >= least &&
    share(results) >= policy.outage.share &&
    spanMs >= policy.outage.spanMs &&
    last.length >= policy.outage.lastFailed &&
    last.every(result => result.failed)
  return holds ? { state: 'outage', rule: 'outage', window, results } : null
}

const shortWindow = <T extends Counted>(course: Course<T>, policy: Policy): Finding<T> | null => {
  const window = windowOf(course, policy.degraded.windowMs, policy)
  const results = inWindow(course.results, window)
  const holds = failures(results).length >= policy.degraded.failures && share(results) >= policy.degraded.share
  return holds ? { state: 'degraded', rule: 'short_window', window, results } : null
}

const longWindow = <T extends Counted>(course: Course<T>, policy: Policy): Finding<T> | null => {
  const window = windowOf(course, policy.degraded.longWindowMs, policy)
  const results = inWindow(course.results, window)
  const holds =
    results.length >= policy.degraded.longResults &&
    failures(results).length >= policy.degraded.failures &&
    share(results) >= policy.degraded.share
  return holds ? { state: 'degraded', rule: 'long_window', window, results } : null
}

/** What is left of a state that began earlier: it ends when its window is clean, and an outage first becomes degraded. */
export const stillFailing = <T extends Counted>(
  was: 'outage' | 'degraded',
  course: Course<T>,
  policy: Policy,
): Finding<T> | null => {
  const window = windowOf(course, policy.hold.windowMs, policy)
  const results = inWindow(course.results, window)
  if (
    isClean(
      results.map(result => result.failed),
      policy,
    )
  )
    return null
  const state = was === 'outage' && share(results) >= policy.degraded.share ? 'outage' : 'degraded'
  return { state, rule: 'hold', window, results }
}

/** Few enough bad ones among enough results; where there are few results, none at all. */
export const isClean = (bad: readonly boolean[], policy: Policy): boolean => {
  const count = bad.filter(Boolean).length
  if (bad.length >= policy.hold.results) return count / bad.length <= policy.hold.share
  return bad.length >= policy.sparse.results && count === 0
}
