import type { ResultLine } from '@llmstatus/shared/result'
import type { Probe } from '../probe.ts'
import { boundNano, nanoUsd } from './bound.ts'
import type { Books } from './budget-file.ts'
import { dayOf, spentByAll, spentNano } from './ledger.ts'
import { type BudgetLimits, limitsOf, purseOf } from './limits.ts'
import { planRest, type Rates } from './plan-rest.ts'
import { lastMinute, type Now } from './requests.ts'

/** Which limit stands in the way of a slot. */
export type Limit = 'usd_per_day' | 'all_keys_usd_per_day' | 'requests_per_minute'

interface Known {
  readonly books: Books
  readonly limits: BudgetLimits
  /** All that are planned: what the rest of the day needs is theirs before it is a follow-up's. */
  readonly probes: readonly Probe[]
  readonly rates: Rates
  readonly now: Now
}

/** Null: it may start, at its bound. A limit of 0 lets nothing billed out, not even what is free today. */
export const limitInTheWay = (probe: Probe, why: ResultLine['why'], known: Known): Limit | null => {
  const { books, limits, now } = known
  const own = limitsOf(limits, probe.credential)
  const purse = purseOf(probe.credential)
  const sent = lastMinute(books.requests, purse, now.monoMs).length
  if (own.requestsPerMinute !== null && sent >= own.requestsPerMinute) return 'requests_per_minute'
  if (!probe.billed) return null
  const wanted = (of: readonly Probe[]) =>
    boundNano(probe) + (why === 'followup' ? planRest(of, known.rates, now.nowMs) : 0)
  const isOver = (limitUsd: number, spent: number, more: number) => limitUsd <= 0 || spent + more > nanoUsd(limitUsd)
  const day = dayOf(now.nowMs)
  const mine = known.probes.filter(other => purseOf(other.credential) === purse)
  if (own.usdPerDay !== null && isOver(own.usdPerDay, spentNano(books.ledger, day, purse), wanted(mine)))
    return 'usd_per_day'
  return isOver(limits.usdPerDay, spentByAll(books.ledger, day), wanted(known.probes)) ? 'all_keys_usd_per_day' : null
}
