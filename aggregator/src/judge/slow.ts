import { type Course, isClean, windowOf } from './failing.ts'
import type { Policy } from './policy.ts'
import { inWindow, type Seen, type Thresholds, type Window } from './series.ts'
import type { Latency, Rule } from './verdict.ts'

/** Rule 5: slow is a matter of the tail. A median never opens anything. */

export interface Timed extends Seen {
  readonly failed: boolean
}

export interface SlowFinding {
  readonly rule: Rule
  readonly latency: Latency
  readonly window: Window
  readonly results: readonly Timed[]
  /** The first result above the threshold. */
  readonly beganMs: number
}

interface Point extends Timed {
  readonly ms: number
}

const metrics = ['first_token', 'total'] as const
const fields = { first_token: 'firstTokenMs', total: 'totalMs' } as const

/** `was` is whether it was slow already: then it stays so until its window is clean. */
export const slowNow = (
  course: Course<Timed>,
  about: { readonly thresholds: Thresholds; readonly was: boolean },
  policy: Policy,
): SlowFinding | null => {
  for (const metric of metrics) {
    const thresholdMs = about.thresholds[fields[metric]]
    const found = thresholdMs === null ? null : judge(course, { metric, thresholdMs, was: about.was }, policy)
    if (found !== null) return found
  }
  return null
}

const judge = (
  course: Course<Timed>,
  about: { readonly metric: (typeof metrics)[number]; readonly thresholdMs: number; readonly was: boolean },
  policy: Policy,
): SlowFinding | null => {
  const points = pointsOf(course.results, about.metric)
  const isAbove = (point: Point) => point.ms > about.thresholdMs
  const held = inWindow(points, windowOf(course, policy.hold.windowMs, policy))
  if (held.length === 0 || isClean(held.map(isAbove), policy)) return null
  const window = {
    endMs: course.endMs,
    lengthMs: policy.slow.windowMs,
    least: policy.slow.results,
    furthestMs: policy.slow.longestWindowMs,
  }
  const results = inWindow(points, window)
  const above = results.filter(isAbove)
  const rule = ruleOf({ results, above, thresholdMs: about.thresholdMs, points }, policy) ?? (about.was ? 'hold' : null)
  if (rule === null) return null
  const p95_ms = quantile(results, policy.slow.quantile)
  const latency = { metric: about.metric, p95_ms, threshold_ms: about.thresholdMs, above: above.length }
  return { rule, latency, window, results, beganMs: above[0]?.slotMs ?? course.endMs }
}

const pointsOf = (results: readonly Timed[], metric: (typeof metrics)[number]): readonly Point[] =>
  results.flatMap(result => {
    const ms = result[fields[metric]]
    return result.failed || ms === null ? [] : [{ ...result, ms }]
  })

const ruleOf = (
  about: {
    readonly points: readonly Point[]
    readonly results: readonly Point[]
    readonly above: readonly Point[]
    readonly thresholdMs: number
  },
  policy: Policy,
): Rule | null => {
  const last = about.points.slice(-policy.slow.inARow)
  if (last.length >= policy.slow.inARow && last.every(point => point.ms > about.thresholdMs)) return 'slow_in_a_row'
  if (about.above.length < policy.slow.above) return null
  return quantile(about.results, policy.slow.quantile) > about.thresholdMs ? 'slow_quantile' : null
}

/** Nearest rank: a value that was measured. */
const quantile = (points: readonly Point[], q: number): number => {
  const sorted = points.map(point => point.ms).sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0
}
