import { type Outcome, outcomeCodes } from '@llmstatus/shared/outcome'
import type { Course } from './failing.ts'
import { type Seen, spanS, type Window } from './series.ts'
import type { Timed } from './slow.ts'
import type { Evidence, Rule } from './verdict.ts'

/** What a vote rests on, in the words and units in which it is stored and shown. */

export const nothing: Evidence = { rule: 'none', n: 0, failed: 0, window_s: 0, codes: {}, streak: 0, latency: null }

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
  streak: course.results.length - 1 - course.results.findLastIndex(result => !result.failed),
  latency: found.latency,
})

export const codesOf = (results: readonly Seen[]): Evidence['codes'] => {
  const codes: { [code in Outcome]?: number } = {}
  for (const code of outcomeCodes) {
    const count = results.filter(result => result.outcome === code).length
    if (code !== 'ok' && count > 0) codes[code] = count
  }
  return codes
}

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
