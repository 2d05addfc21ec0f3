import { type Outcome, outcomeCodes } from '@llmstatus/shared/outcome'
import type { Course } from './failing.ts'
import { type Seen, spanS, type Window } from './series.ts'
import type { Timed } from './slow.ts'
import type { Evidence, Rule } from './verdict.ts'

/** What a vote rests on, in the words and units in which it is stored and shown. */

export const nothing: Evidence = {
  rule: 'none',
  n: 0,
  failed: 0,
  window_s: 0,
  codes: {},
  ok_since: 0,
  streak: 0,
  latency: null,
}

export const evidenceOf = (
  course: Course<Timed>,
  found: {
    readonly rule: Rule
    readonly window: Window
    readonly results: readonly Timed[]
    readonly latency: Evidence['latency']
  },
): Evidence => ({
  rule: found.rule,
  n: found.results.length,
  failed: found.results.filter(result => result.failed).length,
  window_s: spanS(found.results, found.window),
  codes: codesOf(found.results),
  ok_since: okSinceFailed(found.results),
  streak: course.results.length - 1 - course.results.findLastIndex(result => !result.failed),
  latency: found.latency,
})

const okSinceFailed = (results: readonly Timed[]): number => {
  const first = results.findIndex(result => result.failed)
  return first < 0 ? 0 : results.slice(first).filter(result => !result.failed).length
}

export const codesOf = (results: readonly Seen[]): Evidence['codes'] => {
  const counts = new Map<Outcome, number>()
  for (const { outcome } of results) if (outcome !== 'ok') counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
  return counts.size === 0 ? {} : Object.fromEntries(outcomeCodes.flatMap(code => pairOf(code, counts.get(code))))
}

const pairOf = (code: Outcome, count: number | undefined) => (count === undefined ? [] : [[code, count] as const])

/** Of several equally common ones, that which stands first in the table of outcomes. */
export const commonest = (failed: readonly Seen[]): Exclude<Outcome, 'ok'> | null => {
  const counts = Object.entries(codesOf(failed)) as [Exclude<Outcome, 'ok'>, number][]
  return (
    counts.reduce<(typeof counts)[number] | null>(
      (most, next) => (most === null || next[1] > most[1] ? next : most),
      null,
    )?.[0] ?? null
  )
}
