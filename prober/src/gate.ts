import { type Budget, type BudgetDeps, openBudget } from './budget/budget.ts'
import { type OpenFollowUpsDeps, openFollowUps } from './follow-up/open.ts'
import type { Measure } from './probe.ts'
import { type Admit, admitAll, type Ended, hearAll } from './schedule/admission.ts'
import type { Control } from './vantage/control.ts'
import { createVantage, type Vantage, type VantageDeps } from './vantage/vantage.ts'

/**
 * Who has a say in what starts, and hears what came of it: the vantage (is anything out there?), the budget (may it be
 * paid for?) and the looks again (what failed is looked at soon).
 */
export interface Gate {
  readonly admit: Admit
  readonly measure: Measure
  readonly ended: Ended
  readonly replace: (controls: readonly Control[]) => void
  readonly standing: Vantage['standing']
  readonly spent: Budget['status']
  /** To be called now and then: what is usual here goes to disk. */
  readonly keep: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Of the follow-ups all probes count, of the budget those that somebody chose. */
export interface GateDeps extends VantageDeps, Omit<OpenFollowUpsDeps, 'probes'>, Omit<BudgetDeps, 'probes'> {
  readonly measured: OpenFollowUpsDeps['probes']
  readonly paid: BudgetDeps['probes']
}

export const openGate = async (deps: GateDeps): Promise<Gate> => {
  await using opened = new AsyncDisposableStack()
  const followUps = await openFollowUps({ ...deps, probes: deps.measured })
  opened.defer(followUps.close)
  const budget = await openBudget({ ...deps, probes: deps.paid })
  opened.defer(budget.close)
  const vantage = createVantage(deps)
  opened.defer(vantage.stop)
  const closing = opened.move()
  return {
    // the budget books what it lets start, so it is asked last
    admit: admitAll([vantage.admit, budget.admit]),
    measure: vantage.measure,
    ended: hearAll([budget.ended, followUps.ended]),
    replace: vantage.replace,
    standing: vantage.standing,
    spent: budget.status,
    keep: followUps.keep,
    close: () => closing.disposeAsync(),
  }
}
