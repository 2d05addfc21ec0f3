import type { Probe } from '../probe.ts'
import { boundNano } from './bound.ts'
import { restOfDay } from './ledger.ts'
import { purseOf } from './limits.ts'

/** What calls did cost against what they could have cost, by purse: 1 while nobody knows. */
export interface Rates {
  readonly note: (purse: string, call: { readonly cost: number; readonly bound: number }) => void
  readonly of: (purse: string) => number
}

export const createRates = (): Rates => {
  const sums = new Map<string, { readonly cost: number; readonly bound: number }>()
  return {
    note: (purse, { cost, bound }) => {
      const before = sums.get(purse) ?? { cost: 0, bound: 0 }
      sums.set(purse, { cost: before.cost + cost, bound: before.bound + bound })
    },
    of: purse => {
      const sum = sums.get(purse)
      return sum === undefined || sum.bound === 0 ? 1 : sum.cost / sum.bound
    },
  }
}

const dayMs = 86_400_000

/** What the plan will still need today, going by what it needed so far. */
export const planRest = (probes: readonly Probe[], rates: Rates, nowMs: number): number =>
  probes.reduce(
    (sum, probe) =>
      sum + boundNano(probe) * (dayMs / probe.everyMs) * restOfDay(nowMs) * rates.of(purseOf(probe.credential)),
    0,
  )
