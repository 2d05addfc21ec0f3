import type { Probe } from '../probe.ts'

/** A slot outside the plan, at a time of its own. */
export interface ExtraSlot {
  readonly probe: Probe
  readonly slotMs: number
  readonly why: 'boot' | 'followup' | 'manual'
}

const bootSpanMs = 2500

/** One slot for each endpoint right at the start, in their order and spread, so that the first answers come at once. */
export const bootSlots = (probes: readonly Probe[], nowMs: number): readonly ExtraSlot[] =>
  probes.map((probe, index) => ({
    probe,
    slotMs: nowMs + Math.floor((index * bootSpanMs) / Math.max(probes.length, 10)),
    why: 'boot',
  }))
