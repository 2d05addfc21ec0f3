import type { VerifiedSet } from '@llmstatus/shared/definition-set'
import { type CostPerDay, costPerDay } from '../config/cost.ts'
import type { RefusedDefinition } from '../config/plan-remote.ts'
import type { ProberSettings } from '../config/settings.ts'
import type { Probe } from '../probe.ts'

/** What is configured here, and what runs beside it of the set that is in force. */
export interface Planned {
  readonly probes: readonly Probe[]
  readonly costPerDay: readonly CostPerDay[]
  readonly set: VerifiedSet | null
  /** How many of the set run, and those that do not. */
  readonly guests: number
  readonly refused: readonly RefusedDefinition[]
}

export const planWith = async (
  { probes: local, remote }: Pick<ProberSettings, 'probes' | 'remote'>,
  inForce: VerifiedSet | null,
): Promise<Planned> => {
  const set = remote === null ? null : inForce
  const guests = remote === null || set === null ? null : await remote.plan(set.definitions)
  const probes = [...local, ...(guests?.probes ?? [])]
  return {
    probes,
    costPerDay: costPerDay(probes),
    set,
    guests: guests?.probes.length ?? 0,
    refused: guests?.refused ?? [],
  }
}
