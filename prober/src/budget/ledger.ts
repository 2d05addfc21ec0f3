/**
 * What was spent, by UTC day and purse (a credential). Pure.
 *
 * Invariants
 * - At most one budget for each UTC day that the clock ever names: a day that comes back, because a clock was set, comes
 *   back with what was spent on it. So many days are remembered; the one furthest away is forgotten first.
 * - Amounts are whole billionths of a dollar and never below zero.
 */
export type Ledger = ReadonlyMap<number, ReadonlyMap<string, number>>

const dayMs = 86_400_000
const daysKept = 8

export const dayOf = (ms: number): number => Math.floor(ms / dayMs)
/** How much of the day is still to come. */
export const restOfDay = (ms: number): number => 1 - (ms - dayOf(ms) * dayMs) / dayMs

export interface Entry {
  readonly day: number
  readonly purse: string
  /** Negative where a call was cheaper than its bound. */
  readonly nano: number
}

export const withSpent = (ledger: Ledger, { day, purse, nano }: Entry): Ledger => {
  const before = ledger.get(day) ?? new Map<string, number>()
  const spent = Math.max(0, (before.get(purse) ?? 0) + nano)
  const days = new Map(ledger).set(day, new Map(before).set(purse, spent))
  while (days.size > daysKept) days.delete(furthest([...days.keys()], day))
  return days
}

const furthest = (days: readonly number[], from: number): number =>
  days.reduce((far, day) => (Math.abs(day - from) > Math.abs(far - from) ? day : far), from)

export const spentNano = (ledger: Ledger, day: number, purse: string): number => ledger.get(day)?.get(purse) ?? 0

export const spentByAll = (ledger: Ledger, day: number): number =>
  [...(ledger.get(day)?.values() ?? [])].reduce((sum, nano) => sum + nano, 0)
