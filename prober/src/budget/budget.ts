import { requestsOf } from '../config/cost.ts'
import type { Log } from '../log.ts'
import type { Clock, Probe } from '../probe.ts'
import type { Admit, Ended } from '../schedule/admission.ts'
import { endpointKey } from '../schedule/plan.ts'
import type { Files } from '../spool/files.ts'
import { boundNano, costNano } from './bound.ts'
import { type Books, loadBooks, saveBooks, unreadable } from './budget-file.ts'
import { limitInTheWay } from './decide.ts'
import { dayOf, spentNano, withSpent } from './ledger.ts'
import { type BudgetLimits, limitsOf, purseOf } from './limits.ts'
import { createBudgetNews } from './news.ts'
import { createPlanRest } from './plan-rest.ts'
import { fromWall, type Now, toWall, withoutRequests, withRequests } from './requests.ts'
import { createSaver } from './saver.ts'
import { type BudgetStatus, statusOf } from './status.ts'

/**
 * What may be spent, enforced where it is spent.
 *
 * Invariants
 * - Before a billed request leaves, the disk says that it has cost all it may cost. What it did cost takes that place when
 *   its result is there, on disk with whatever is booked next. So a kill at any moment leaves too much on the books, by the
 *   bounds of what was under way, and never too little.
 * - Deciding and booking is one step without a pause in between: no two slots spend the same dollar.
 * - What cannot be booked is not sent: a disk that fails stops what is billed, and leaves reachability alone.
 * - A follow-up may spend only what the rest of the day's plan will not need. An outage does not end the day's measuring.
 */
export interface Budget {
  /** Books what it lets start, so it is asked last. */
  readonly admit: Admit
  readonly ended: Ended
  readonly status: () => readonly BudgetStatus[]
  /** Writes what things did cost. */
  readonly close: () => Promise<void>
}

export interface BudgetDeps {
  readonly files: Files
  readonly probes: () => readonly Probe[]
  readonly limits: () => BudgetLimits
  readonly clock: Clock
  readonly log: Log
}

interface Booking {
  readonly day: number
  readonly purse: string
  readonly bound: number
  /** Requests, where there is a limit on them; else none. */
  readonly count: number
}

export const openBudget = async (deps: BudgetDeps): Promise<Budget> => {
  const { clock, log, files } = deps
  const now = (): Now => ({ nowMs: clock.nowMs(), monoMs: clock.monoUs() / 1000 })
  let books = await openBooks(deps, now())
  const saver = createSaver(() => saveBooks(files, { ...books, requests: toWall(books.requests, now()) }), log)
  const underWay = new Map<string, Booking>()
  const planRest = createPlanRest(deps.probes)
  const news = createBudgetNews(log)
  const known = () => ({ books, limits: deps.limits(), now: now() })

  const book = (probe: Probe, bound: number): Booking => {
    const isCounted = limitsOf(deps.limits(), probe.credential).requestsPerMinute !== null
    const [day, purse] = [dayOf(clock.nowMs()), purseOf(probe.credential)]
    const booking = { day, purse, bound, count: isCounted ? requestsOf(probe) : 0 }
    spend(booking, bound)
    if (isCounted) books = { ...books, requests: withRequests(books.requests, booking, now().monoMs) }
    return booking
  }
  const spend = ({ day, purse, bound }: Booking, nano: number): void => {
    if (bound > 0) books = { ...books, ledger: withSpent(books.ledger, { day, purse, nano }) }
  }
  const unbook = (booking: Booking): void => {
    spend(booking, -booking.bound)
    if (booking.count > 0) books = { ...books, requests: withoutRequests(books.requests, booking) }
  }

  return {
    admit: async (probe, why) => {
      const limit = limitInTheWay(probe, why, { ...known(), planRest: () => planRest.at(clock.nowMs()) })
      if (limit !== null) {
        if (why !== 'followup') news(probe, limit, dayOf(clock.nowMs()))
        return 'budget_spent'
      }
      const booking = book(probe, boundNano(probe))
      const isOnDisk = (booking.bound === 0 && booking.count === 0) || (await saver.saved())
      if (!isOnDisk && probe.billed) {
        unbook(booking)
        return 'budget_spent'
      }
      underWay.set(endpointKey(probe), booking)
      return null
    },
    ended: (probe, line) => {
      const booking = underWay.get(endpointKey(probe))
      // a skip here is of another slot, or of one that was cut off after it may have left
      if (booking === undefined || 'skip' in line) return []
      underWay.delete(endpointKey(probe))
      const cost = costNano(line, booking.bound)
      spend(booking, cost - booking.bound)
      planRest.note(booking.purse, { cost, bound: booking.bound })
      return []
    },
    status: () => statusOf({ ...known(), probes: deps.probes() }),
    close: async () => void (await saver.saved()),
  }
}

const openBooks = async ({ files, log }: BudgetDeps, now: Now): Promise<Books> => {
  const { ledger, requests } = await loadBooks(files, now.nowMs)
  if (spentNano(ledger, dayOf(now.nowMs), unreadable) > 0)
    log.error(
      'budget.json cannot be read: nothing billed runs today (stop the prober and delete it to begin the day anew)',
    )
  return { ledger, requests: fromWall(requests, now) }
}
