import type { Probe } from '../probe.ts'
import { boundNano } from './bound.ts'
import { restOfDay } from './ledger.ts'
import { purseOf } from './limits.ts'

/** What the plan will still need, going by what calls did cost against what they could have: all of it while nobody knows. */
export interface PlanRest {
  readonly note: (purse: string, call: { readonly cost: number; readonly bound: number }) => void
  /** Of the day that it is, by purse. */
  readonly at: (nowMs: number) => ReadonlyMap<string, number>
}

interface Calls {
  readonly cost: number
  readonly bound: number
}

const dayMs = 86_400_000

export const createPlanRest = (probes: () => readonly Probe[]): PlanRest => {
  const calls = new Map<string, Calls>()
  let day: { readonly of: readonly Probe[]; readonly needs: ReadonlyMap<string, number> } | null = null
  // a thousand prompts are not counted for each follow-up
  const dayNeeds = (): ReadonlyMap<string, number> => {
    const of = probes()
    if (day?.of !== of) day = { of, needs: needsOfDay(of) }
    return day.needs
  }
  const rate = (purse: string): number => {
    const sum = calls.get(purse)
    return sum === undefined || sum.bound === 0 ? 1 : sum.cost / sum.bound
  }
  return {
    note: (purse, { cost, bound }) => {
      const before = calls.get(purse) ?? { cost: 0, bound: 0 }
      calls.set(purse, { cost: before.cost + cost, bound: before.bound + bound })
    },
    at: nowMs => new Map([...dayNeeds()].map(([purse, nano]) => [purse, nano * restOfDay(nowMs) * rate(purse)])),
  }
}

const needsOfDay = (probes: readonly Probe[]): ReadonlyMap<string, number> => {
  const needs = new Map<string, number>()
  for (const probe of probes) {
    const purse = purseOf(probe.credential)
    needs.set(purse, (needs.get(purse) ?? 0) + boundNano(probe) * (dayMs / probe.everyMs))
  }
  return needs
}
