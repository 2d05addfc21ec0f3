import type { Skip } from '@llmstatus/shared/outcome'
import type { ResultLine, SkipLine } from '@llmstatus/shared/result'
import type { Probe } from '../probe.ts'
import type { ExtraSlot } from './boot.ts'

/**
 * Asked when a slot would start measuring: null lets it start, a reason makes it a skip. May take its time, but holds
 * one of the few places meanwhile. Never rejects.
 */
export type Admit = (probe: Probe, why: ResultLine['why']) => Skip | null | Promise<Skip | null>

/** Hears every line in the order in which it is said, skips too; may ask for slots outside the plan. */
export type Ended = (probe: Probe, line: ResultLine | SkipLine) => readonly ExtraSlot[]

/** The first reason counts and nobody behind it is asked: who books what it admits stands last. */
export const admitAll =
  (all: readonly Admit[]): Admit =>
  async (probe, why) => {
    for (const admit of all) {
      const reason = await admit(probe, why)
      if (reason !== null) return reason
    }
    return null
  }

export const hearAll =
  (all: readonly Ended[]): Ended =>
  (probe, line) =>
    all.flatMap(ended => ended(probe, line))
