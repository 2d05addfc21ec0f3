import type { Course } from './failing.ts'
import type { Policy } from './policy.ts'
import { inWindow } from './series.ts'
import type { SlowFinding, Timed } from './slow.ts'

/**
 * Rule 5, the other kind of slow: the first token comes in time, and then the answer drips. The floor is agreed for the
 * median of tokens per second, so half of the window decides, and nothing holds it once half of it is fast enough.
 */
export const tokensSlow = (course: Course<Timed>, thresholdMs: number | null, policy: Policy): SlowFinding | null => {
  if (thresholdMs === null) return null
  const { slow, hold } = policy
  const points = course.results.flatMap(result =>
    result.failed || result.perTokenMs === undefined || result.perTokenMs === null
      ? []
      : [{ ...result, ms: result.perTokenMs }],
  )
  const window = { endMs: course.endMs, lengthMs: slow.windowMs, least: slow.results, furthestMs: slow.longestWindowMs }
  const results = inWindow(points, window)
  const above = results.filter(({ ms }) => ms > thresholdMs)
  if (results.length < hold.results || above.length * 2 <= results.length) return null
  const sorted = results.map(({ ms }) => ms).sort((a, b) => a - b)
  const p95_ms = sorted[Math.max(0, Math.ceil(slow.quantile * sorted.length) - 1)] ?? 0
  return {
    rule: 'tokens_slow',
    latency: { metric: 'per_token', p95_ms, threshold_ms: thresholdMs, above: above.length },
    window,
    results,
    beganMs: above[0]?.slotMs ?? course.endMs,
  }
}

/** Fewer tokens than these say more about the network than about the model. */
const leastTokens = 16

/** From the first token to the end; null where that says nothing. */
export const perTokenMs = (result: {
  readonly tokens: number | null
  readonly firstTokenMs: number | null
  readonly totalMs: number | null
}): number | null => {
  const { tokens, firstTokenMs, totalMs } = result
  if (tokens === null || tokens < leastTokens || firstTokenMs === null || totalMs === null) return null
  return totalMs <= firstTokenMs ? null : (totalMs - firstTokenMs) / (tokens - 1)
}
