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
  readonly impact: Impact
  readonly reason: Reason
  readonly openedMs: number
  readonly resolvedMs: number | null
  readonly cleanWindows: number
  /** When the last clean window was counted. */
  readonly cleanMs: number | null
  readonly scope: readonly Place[]
}

export type Change =
  | {
      readonly kind: 'opened'
      readonly state: FailingState
      readonly impact: Impact
      readonly reason: Reason
      readonly scope: readonly Place[]
    }
  | { readonly kind: 'reopened'; readonly state: FailingState; readonly reason: Reason }
  | { readonly kind: 'impact'; readonly from: Impact; readonly to: Impact; readonly reason: Reason }
  | { readonly kind: 'scope'; readonly added: readonly Place[]; readonly reason: Reason }
  | { readonly kind: 'state'; readonly from: FailingState; readonly to: FailingState; readonly reason: Reason }
  | { readonly kind: 'resolved'; readonly reason: 'clean_windows' | 'not_measured' }
  /** Counted, and no event. */
  | { readonly kind: 'clean'; readonly windows: number }

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
    const fresh = { openedMs: nowMs, resolvedMs: null, cleanWindows: 0, cleanMs: null }
    return { id, provider, state, impact, reason, scope, ...fresh }
  }
  if (was === null) return null
  switch (change.kind) {
    case 'reopened':
      return { ...was, state: change.state, reason: change.reason, resolvedMs: null, cleanWindows: 0, cleanMs: null }
    case 'impact':
      return { ...was, impact: change.to }
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
