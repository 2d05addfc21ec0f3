import { createHash } from 'node:crypto'
import type { Probe } from '../probe.ts'

/**
 * When an endpoint's slots are. They stand at fixed multiples of its interval on the wall clock, moved by a phase that
 * only its name and this prober decide: the same after every restart, and spread, so that probes seldom measure each
 * other. Nothing that happens moves a slot.
 */
export interface Plan {
  readonly everyMs: number
  readonly phaseMs: number
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
  return { everyMs: probe.everyMs, phaseMs: digest.readUIntBE(0, 6) % probe.everyMs }
}

/** The last slot at or before this time. */
export const slotBefore = ({ everyMs, phaseMs }: Plan, ms: number): number =>
  Math.floor((ms - phaseMs) / everyMs) * everyMs + phaseMs

export const slotAfter = (plan: Plan, ms: number): number => slotBefore(plan, ms) + plan.everyMs

/** The slots after one time, up to and with another; null where there are none. */
export const slotsBetween = (plan: Plan, afterMs: number, untilMs: number): Run | null => {
  const [fromMs, toMs] = [slotAfter(plan, afterMs), slotBefore(plan, untilMs)]
  return fromMs > toMs ? null : { fromMs, toMs, count: (toMs - fromMs) / plan.everyMs + 1 }
}
