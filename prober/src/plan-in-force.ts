import type { VerifyingKey } from '@llmstatus/shared/identity'
import type { BudgetLimits } from './budget/limits.ts'
import { planText } from './cli/plan-text.ts'
import type { ProberSettings } from './config/settings.ts'
import { alsoChanged, type Change, changeOf, isNoChange, nameOf, needsRestart } from './config/what-changed.ts'
import type { Log } from './log.ts'
import type { Clock, Probe } from './probe.ts'
import type { Judged } from './remote-definitions/judge-offer.ts'
import { type Planned, planWith } from './remote-definitions/plan-with.ts'
import { openSetInForce, type SetInForce } from './remote-definitions/set-in-force.ts'
import { trustedKeys } from './remote-definitions/trusted-keys.ts'
import { remoteText } from './remote-definitions/words.ts'
import type { Files } from './spool/files.ts'
import { createTurns } from './spool/turns.ts'

/**
 * What is probed at this moment: the configuration as it was read last, and the set of definitions that is in force. Both
 * change while the prober runs, in the same way and one after the other.
 *
 * Invariants
 * - A change is whole or none: the new plan is made before anything of the old one is touched.
 * - What was built at the start (the data folder, the way to the aggregator …) stays what it was until a restart, and it is
 *   said which of it was written otherwise.
 * - Nothing that is said of a change holds more than names.
 */
export interface PlanInForce {
  readonly probes: () => readonly Probe[]
  /** What may be spent on it. */
  readonly limits: () => BudgetLimits
  readonly accepts: () => boolean
  readonly set: SetInForce['current']
  /** What became of that set here; null where there is none. */
  readonly guests: () => { readonly expiresMs: number; readonly running: number; readonly refused: number } | null
  /** What runs, how often and what it costs: one line each. */
  readonly text: () => readonly string[]
  readonly configure: (settings: ProberSettings) => Promise<void>
  readonly offer: (text: string) => Promise<Judged>
  /** From now on somebody else is told of another plan, and who is new in it. */
  readonly onChange: (put: Put) => void
}

export type Put = (plan: { readonly probes: readonly Probe[]; readonly added: readonly Probe[] }) => void

export interface PlanDeps {
  readonly settings: ProberSettings
  /** The aggregator's key, where one is pinned yet. */
  readonly aggregatorKeys: () => Promise<readonly VerifyingKey[]>
  readonly files: Files
  readonly clock: Clock
  readonly log: Log
}

export const openPlan = async (deps: PlanDeps): Promise<PlanInForce> => {
  const { log, clock } = deps
  const inTurn = createTurns()
  let { settings } = deps
  let put: Put = () => undefined
  const set = await openSetInForce({
    files: deps.files,
    trusted: async () => (settings.remote === null ? [] : trustedKeys(settings.remote, await deps.aggregatorKeys())),
    nowMs: clock.nowMs,
    unusable: why => {
      if (settings.remote !== null) log.warn({ why }, 'the definitions that were kept here do not count any more')
    },
  })
  let planned: Planned = await planWith(settings, set.current())

  const come = async (): Promise<Change> => {
    const before = planned.probes
    planned = await planWith(settings, set.current())
    const change = changeOf(before, planned.probes)
    if (!isNoChange(change)) put({ probes: planned.probes, added: change.added })
    return change
  }
  const configure = async (next: ProberSettings): Promise<void> => {
    const waiting = needsRestart(deps.settings, next)
    const also = alsoChanged(settings, next)
    settings = next
    await set.reload()
    const change = await come()
    if (waiting.length > 0) log.warn({ needs_a_restart: waiting }, 'some of the configuration counts after a restart')
    const isSame = isNoChange(change) && also.length === 0
    log.info(
      { ...namesOf(change), also },
      isSame ? 'configuration read again, nothing to change' : 'configuration read again',
    )
  }
  const offer = async (text: string): Promise<Judged> => {
    const judged = await set.offer(text)
    if (judged.verdict !== 'take') return judged
    const change = await come()
    const { version, expires, definitions } = judged.set
    const counts = { version, expires, definitions: definitions.length, run_here: planned.guests }
    log.info({ ...counts, ...namesOf(change) }, 'definitions from outside are in force')
    for (const { name, reason, what } of planned.refused) {
      const level = reason === 'not_configured' ? 'debug' : 'warn'
      log[level]({ definition: name, reason, what }, 'a definition from outside does not run here')
    }
    return judged
  }

  return {
    probes: () => planned.probes,
    limits: () => ({ usdPerDay: settings.budgetUsdPerDay, credentials: settings.credentialLimits }),
    accepts: () => settings.remote !== null,
    set: set.current,
    guests: () => {
      const { set, guests: running, refused } = planned
      return set === null ? null : { expiresMs: Date.parse(set.expires), running, refused: refused.length }
    },
    text: () => [...planText({ ...settings, ...planned }), ...remoteText(settings.remote, planned, clock.nowMs())],
    configure: next => inTurn(() => configure(next)),
    offer: text => inTurn(() => offer(text)),
    onChange: next => {
      put = next
    },
  }
}

const namesOf = (change: Change) => ({
  added: change.added.map(nameOf),
  removed: change.removed.map(nameOf),
  changed: change.changed.map(nameOf),
})
