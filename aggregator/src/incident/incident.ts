import type { FailingState, Reason } from '../judge/state.ts'

/** An incident, what can happen to it, and what it is afterwards. */

export const impacts = ['minor', 'major', 'critical'] as const
export type Impact = (typeof impacts)[number]

export interface Place {
  readonly model: string
  readonly probe: string
}

export interface Incident {
  readonly id: string
  readonly provider: string
  /** The provider's last failing state. */
  readonly state: FailingState
  /** The worst that it was. */
  readonly impact: Impact
  /** As bad as it is now, or was when it closed. */
  readonly impactNow: Impact
  /** Since when it has been less bad than `impactNow` says; null where it has not. */
  readonly easedMs: number | null
  readonly reason: Reason
  readonly openedMs: number
  readonly resolvedMs: number | null
  readonly cleanWindows: number
  /** When the last clean window was counted. */
  readonly cleanMs: number | null
  readonly scope: readonly Place[]
}

/** What stands in its timeline. */
export type Happening =
  | {
      readonly kind: 'opened'
      readonly state: FailingState
      readonly impact: Impact
      readonly reason: Reason
      readonly scope: readonly Place[]
    }
  | { readonly kind: 'reopened'; readonly state: FailingState; readonly reason: Reason }
  | { readonly kind: 'impact'; readonly from: Impact; readonly to: Impact; readonly reason: Reason }
  /** Less bad than before, for long enough; the worst that it was stays. */
  | { readonly kind: 'eased'; readonly from: Impact; readonly to: Impact; readonly reason: Reason }
  | { readonly kind: 'scope'; readonly added: readonly Place[]; readonly reason: Reason }
  | { readonly kind: 'state'; readonly from: FailingState; readonly to: FailingState; readonly reason: Reason }
  | { readonly kind: 'resolved'; readonly reason: 'clean_windows' | 'not_measured' }

/** What is only counted. */
export type Tally =
  | { readonly kind: 'clean'; readonly windows: number }
  /** Since when it has been less bad; null: it no longer is. */
  | { readonly kind: 'easing'; readonly sinceMs: number | null }
  /** As bad again as it was before. */
  | { readonly kind: 'again'; readonly to: Impact }

export type Change = Happening | Tally

const tallies: ReadonlySet<Change['kind']> = new Set(['clean', 'easing', 'again'] satisfies Tally['kind'][])
export const isHappening = (change: Change): change is Happening => !tallies.has(change.kind)

/** What the incident is after its changes. `id` is what a new one will be called. */
export const afterChanges = (
  incident: Incident | null,
  changes: readonly Change[],
  about: { readonly id: string; readonly provider: string; readonly nowMs: number },
): Incident | null => changes.reduce((was, change) => after(was, change, about), incident)

const after = (
  was: Incident | null,
  change: Change,
  { id, provider, nowMs }: { readonly id: string; readonly provider: string; readonly nowMs: number },
): Incident | null => {
  if (change.kind === 'opened') {
    const { state, impact, reason, scope } = change
    const fresh = {
      impactNow: impact,
      easedMs: null,
      openedMs: nowMs,
      resolvedMs: null,
      cleanWindows: 0,
      cleanMs: null,
    }
    return { id, provider, state, impact, reason, scope, ...fresh }
  }
  if (was === null) return null
  switch (change.kind) {
    case 'reopened':
      return {
        ...was,
        state: change.state,
        reason: change.reason,
        resolvedMs: null,
        cleanWindows: 0,
        cleanMs: null,
        easedMs: null,
      }
    case 'impact':
      return { ...was, impact: change.to, impactNow: change.to, easedMs: null }
    case 'eased':
    case 'again':
      return { ...was, impactNow: change.to, easedMs: null }
    case 'easing':
      return { ...was, easedMs: change.sinceMs }
    case 'scope':
      return { ...was, scope: [...was.scope, ...change.added] }
    case 'state':
      return { ...was, state: change.to, reason: change.reason }
    case 'clean':
      return { ...was, cleanWindows: change.windows, cleanMs: change.windows === 0 ? null : nowMs }
    case 'resolved':
      return { ...was, resolvedMs: nowMs }
  }
}
