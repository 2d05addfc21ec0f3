import type { Probe } from '../probe.ts'
import { usdOf } from './bound.ts'
import type { Books } from './budget-file.ts'
import { dayOf, spentByAll, spentNano } from './ledger.ts'
import { type BudgetLimits, limitsOf, purseOf } from './limits.ts'
import { lastMinute, type Now } from './requests.ts'

/** Of the UTC day that it is. Without a credential: all of them together. */
export interface BudgetStatus {
  readonly credential: string | null
  readonly provider: string | null
  readonly spentUsd: number
  readonly limitUsd: number | null
  readonly requestsLastMinute: number | null
  readonly requestsPerMinute: number | null
}

interface Known {
  readonly books: Books
  readonly limits: BudgetLimits
  readonly probes: readonly Probe[]
  readonly now: Now
}

export const statusOf = ({ books, limits, probes, now }: Known): readonly BudgetStatus[] => {
  const day = dayOf(now.nowMs)
  const limited = probes.filter(
    ({ billed, credential }) => billed || limitsOf(limits, credential).requestsPerMinute !== null,
  )
  const purses = new Map(limited.map(({ credential }) => [purseOf(credential), credential]))
  const each = [...purses].map(([purse, credential]) => {
    const { name, provider, usdPerDay, requestsPerMinute } = limitsOf(limits, credential)
    return {
      credential: name,
      provider,
      spentUsd: usdOf(spentNano(books.ledger, day, purse)),
      limitUsd: usdPerDay,
      requestsLastMinute: requestsPerMinute === null ? null : lastMinute(books.requests, purse, now.monoMs).length,
      requestsPerMinute,
    }
  })
  const spentUsd = usdOf(spentByAll(books.ledger, day))
  const none = { credential: null, provider: null, requestsLastMinute: null, requestsPerMinute: null }
  return [...each, { ...none, spentUsd, limitUsd: limits.usdPerDay }]
}
