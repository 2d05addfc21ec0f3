import { createHash } from 'node:crypto'
import type { Probe } from '../probe.ts'

/**
 * When an endpoint's slots are: slot k stands at phase + k · interval + jitter(k) on the wall clock. Only its name, this
 * prober and k decide phase and jitter: the same after every restart, and spread, so that probes seldom measure each
 * other and nothing that recurs hides between them. Nothing that happens moves a slot.
 *
 * Invariant: a jitter is at most a quarter of the interval, so slots ascend with k, at least half an interval apart.
 * How many lie in a stretch of time is therefore a difference of two k, and counting never walks.
 */
export interface Plan {
  readonly everyMs: number
  readonly phaseMs: number
  /** 32 bits that are mixed with k. */
  readonly jitterSeed: number
}

/** Several slots in a row: the first, the last, how many. */
export interface Run {
  readonly fromMs: number
  readonly toMs: number
  readonly count: number
}

export const endpointKey = ({ provider, model, probe }: Pick<Probe, 'provider' | 'model' | 'probe'>): string =>
  `${provider}/${model ?? ''}/${probe}`

export const planOf = (probe: Probe, seed: string): Plan => {
  const digest = createHash('sha256')
    .update(`${seed} ${endpointKey(probe)}`)
    .digest()
  return {
    everyMs: probe.everyMs,
    phaseMs: digest.readUIntBE(0, 6) % probe.everyMs,
    jitterSeed: digest.readUInt32BE(6),
  }
}

const mostJitterMs = 15_000

export const jitterBoundMs = ({ everyMs }: Pick<Plan, 'everyMs'>): number =>
  Math.min(mostJitterMs, Math.floor(everyMs / 4))

/** Uniform over both sides, both ends included. */
const jitterMs = (plan: Plan, k: number): number => {
  const boundMs = jitterBoundMs(plan)
  return Math.floor((mixed(plan.jitterSeed, k) / 2 ** 32) * (2 * boundMs + 1)) - boundMs
}

/** The finisher of MurmurHash3, once for each half of k: neighbours come out unrelated, at a hundredth of a digest's cost. */
const mixed = (seed: number, k: number): number => finish(finish(seed ^ (k | 0)) ^ Math.floor(k / 2 ** 32))

const finish = (bits: number): number => {
  let h = bits | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

const slotAt = (plan: Plan, k: number): number => plan.phaseMs + k * plan.everyMs + jitterMs(plan, k)

/** The k of the last slot at or before this time: a jitter moves it by one at most. */
const lastK = (plan: Plan, ms: number): number => {
  const k = Math.floor((ms - plan.phaseMs) / plan.everyMs)
  if (slotAt(plan, k + 1) <= ms) return k + 1
  return slotAt(plan, k) <= ms ? k : k - 1
}

/** The last slot at or before this time. */
export const slotBefore = (plan: Plan, ms: number): number => slotAt(plan, lastK(plan, ms))

/** The first slot after this time. */
export const slotAfter = (plan: Plan, ms: number): number => slotAt(plan, lastK(plan, ms) + 1)

/** The slots after one time, up to and with another; null where there are none. */
export const slotsBetween = (plan: Plan, afterMs: number, untilMs: number): Run | null => {
  const [first, last] = [lastK(plan, afterMs) + 1, lastK(plan, untilMs)]
  return first > last ? null : { fromMs: slotAt(plan, first), toMs: slotAt(plan, last), count: last - first + 1 }
}
