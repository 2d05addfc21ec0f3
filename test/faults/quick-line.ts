import type { ResultLine } from '@llmstatus/shared/result'
import type { Probe, Slot } from '../../prober/src/probe.ts'
import { okLine } from '../../prober/test/test-probe.ts'
import type { Chance } from './chance-of.ts'

/** Mostly well, and now and then not: what fails is looked at again, and its batch leaves at once. */
export const quickLine = (
  chance: Chance,
  { probe, slot, nowMs }: { readonly probe: Probe; readonly slot: Slot; readonly nowMs: number },
): ResultLine => {
  const line = okLine(probe, slot, nowMs)
  return chance.oneIn(100) ? { ...line, outcome: 'server_error', http_status: 500 } : line
}
