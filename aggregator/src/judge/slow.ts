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
    const { was, thresholds } = about
    const found =
      thresholdMs === null ? null : judge(course, { metric, thresholdMs, was, basis: thresholds.basis }, policy)
    if (found !== null) return found
  }
  return null
}

const judge = (
  course: Course<Timed>,
  about: {
    readonly metric: (typeof metrics)[number]
    readonly thresholdMs: number
    readonly was: boolean
    readonly basis: Thresholds['basis']
  },
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
  const rule = ruleOf({ ...about, results, above, points }, policy) ?? (about.was ? 'hold' : null)
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
    readonly basis: Thresholds['basis']
  },
  policy: Policy,
): Rule | null => {
  const { points, results, above, thresholdMs, basis } = about
  const { slow, hold } = policy
  const inARow = points.length - 1 - points.findLastIndex(point => point.ms <= thresholdMs)
  if (inARow >= (basis === 'known' ? slow.inARow : slow.generalInARow)) return 'slow_in_a_row'
  if (inARow >= slow.inARow) return 'slow_general'
  // What is over stays in a long window for a while: that alone is nothing new.
  const lately = points.slice(-hold.results).filter(point => point.ms > thresholdMs).length
  if (above.length < slow.above || lately < slow.lately) return null
  if (quantile(results, slow.quantile) <= thresholdMs) return null
  return basis === 'known' ? 'slow_quantile' : 'slow_general'
}

/** Nearest rank: a value that was measured. */
const quantile = (points: readonly Point[], q: number): number => {
  const sorted = points.map(point => point.ms).sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0
}
