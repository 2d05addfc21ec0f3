import type { ResultLine } from '@llmstatus/shared/result'
import { requestsOf } from '../config/cost.ts'
import type { Probe } from '../probe.ts'
import { boundNano, nanoUsd } from './bound.ts'
import type { Books } from './budget-file.ts'
import { dayOf, spentByAll, spentNano } from './ledger.ts'
import { type BudgetLimits, limitsOf, purseOf } from './limits.ts'
import { lastMinute, type Now } from './requests.ts'

/** Which limit stands in the way of a slot. */
export type Limit = 'usd_per_day' | 'all_keys_usd_per_day' | 'requests_per_minute'

interface Known {
  readonly books: Books
  readonly limits: BudgetLimits
  /** By purse: what the rest of the day needs is the plan's before it is a follow-up's. */
  readonly planRest: () => ReadonlyMap<string, number>
  readonly now: Now
}

/** Null: it may start, at its bound. A limit of 0 lets nothing billed out, not even what is free today. */
export const limitInTheWay = (probe: Probe, why: ResultLine['why'], known: Known): Limit | null => {
  const { books, limits, now } = known
  const own = limitsOf(limits, probe.credential)
  const purse = purseOf(probe.credential)
  const sent = lastMinute(books.requests, purse, now.monoMs).length
  if (own.requestsPerMinute !== null && sent + requestsOf(probe) > own.requestsPerMinute) return 'requests_per_minute'
  if (!probe.billed) return null
  const kept = why === 'followup' ? known.planRest() : new Map<string, number>()
  const bound = boundNano(probe)
  const isOver = (limitUsd: number, taken: number) => limitUsd <= 0 || taken + bound > nanoUsd(limitUsd)
  const day = dayOf(now.nowMs)
  const mine = spentNano(books.ledger, day, purse) + (kept.get(purse) ?? 0)
  if (own.usdPerDay !== null && isOver(own.usdPerDay, mine)) return 'usd_per_day'
  const all = [...kept.values()].reduce((sum, nano) => sum + nano, spentByAll(books.ledger, day))
  return isOver(limits.usdPerDay, all) ? 'all_keys_usd_per_day' : null
}
