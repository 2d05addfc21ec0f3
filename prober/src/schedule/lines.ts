import { instant } from '@llmstatus/shared/ids'
import type { Skip } from '@llmstatus/shared/outcome'
import type { ResultLine, SkipLine } from '@llmstatus/shared/result'
import type { Probe } from '../probe.ts'
import type { Run } from './plan.ts'

export interface Skipped {
  readonly probe: Probe
  readonly skip: Skip
  readonly why: ResultLine['why']
  readonly run: Run
}

/** One line for a slot that was not measured, or for several in a row. */
export const skipLine = (id: string, { probe, skip, why, run }: Skipped): SkipLine => ({
  id,
  slot: instant(run.fromMs),
  why,
  provider: probe.provider,
  model: probe.model,
  probe: probe.probe,
  skip,
  ...(run.count === 1 ? {} : { from: instant(run.fromMs), to: instant(run.toMs), count: run.count }),
})

export const oneSlot = (slotMs: number): Run => ({ fromMs: slotMs, toMs: slotMs, count: 1 })
