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
