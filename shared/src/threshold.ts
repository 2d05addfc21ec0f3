/**
 * Above what a latency is slow. The prober asks this to decide whether to look again, the aggregator to judge: one
 * function, or they would disagree.
 */

export interface SlowRule {
  readonly floorMs: number
  readonly reasoningFloorMs: number
  readonly baselineFactor: number
  /** A baseline from fewer results is none. */
  readonly baselineResults: number
}

/** What the policy has where nobody changed it. */
export const defaultSlowRule: SlowRule = {
  floorMs: 3000,
  reasoningFloorMs: 10_000,
  baselineFactor: 2,
  baselineResults: 50,
}

export interface Usual {
  readonly p95Ms: number
  readonly n: number
}

/** Null: nothing is slow here, because nothing says what would be. */
export const slowThresholdMs = (
  about: {
    readonly slaMs: number | null
    readonly kind: 'hosted' | 'gateway' | 'self_hosted'
    readonly reasoning: boolean
    readonly usual: Usual | null
  },
  rule: SlowRule,
): number | null => {
  if (about.slaMs !== null) return about.slaMs
  if (about.usual !== null && about.usual.n >= rule.baselineResults)
    return Math.max(rule.floorMs, rule.baselineFactor * about.usual.p95Ms)
  if (about.kind === 'self_hosted') return null
  return about.reasoning ? rule.reasoningFloorMs : rule.floorMs
}

/** Which three hours of a UTC day, and which week, counted from 1970. */
export interface UsualPlace {
  readonly week: number
  readonly block: number
}

export const usualBlocks = 8
const dayMs = 86_400_000
const weekMs = 7 * dayMs
const blockMs = dayMs / usualBlocks

/**
 * What is usual now is what these three hours were on each day of this week and the one before: the last seven days, and
 * up to seven more. Prober and aggregator keep it in different forms, and in the same hours.
 */
export const usualPlaceOf = (ms: number): UsualPlace => ({
  week: Math.floor(ms / weekMs),
  block: Math.floor((ms % dayMs) / blockMs),
})

/** When each hour began that counts for what is usual now; those that have not begun are left out. */
export const usualHourStarts = (nowMs: number): readonly number[] => {
  const { week, block } = usualPlaceOf(nowMs)
  const hourMs = 3_600_000
  const days = Array.from({ length: 14 }, (_, day) => (week - 1) * weekMs + day * dayMs + block * blockMs)
  const starts = days.flatMap(ms => Array.from({ length: blockMs / hourMs }, (_, hour) => ms + hour * hourMs))
  return starts.filter(ms => ms <= nowMs)
}
