import type { Policy } from '../judge/policy.ts'
import { type FailingState, isFailing } from '../judge/state.ts'
import type { EndpointVerdict, ProviderVerdict } from '../judge/verdict.ts'
import { type Change, type Impact, type Incident, impacts, type Place } from './incident.ts'

/**
 * Rules 4 and 10: one open incident a provider, from the first failing state that is sure until it has been clean for long
 * enough.
 *
 * Invariants
 * - Pure: an incident and a verdict give a list of changes; no change means that nothing is written.
 * - Impact never falls and the scope never shrinks while an incident is open: they say how bad it was. How bad it is now
 *   falls once it has been less bad for as long as a state is held, so that it does not go up and down with every probe.
 * - What is not known is not clean. It neither keeps an incident alive for ever nor lets it resolve as if it were over.
 */

interface Step {
  readonly incident: Incident | null
  readonly verdict: ProviderVerdict
  readonly policy: Policy
  readonly nowMs: number
}

/** `incident` is the open one, else the last one that was resolved, else null. */
export const stepIncident = (step: Step): readonly Change[] => {
  const { incident, verdict, nowMs, policy } = step
  if (incident !== null && incident.resolvedMs === null) {
    return isFailing(verdict.state) ? follow(incident, step, verdict.state) : settle(incident, step)
  }
  if (!isFailing(verdict.state) || !verdict.opens) return []
  const again = incident?.resolvedMs != null && nowMs - incident.resolvedMs <= policy.incident.reopenWithinMs
  if (incident === null || !again) return [open(verdict, verdict.state)]
  const { state, reason } = verdict
  return [
    { kind: 'reopened', state, reason },
    ...follow({ ...incident, state, cleanWindows: 0, easedMs: null }, step, state),
  ]
}

const open = (verdict: ProviderVerdict, state: FailingState): Change => ({
  kind: 'opened',
  state,
  impact: impactOf(verdict),
  reason: verdict.reason,
  scope: failingPlaces(verdict),
})

const impactOf = ({ state, critical }: ProviderVerdict): Impact => {
  if (state === 'outage' || critical) return 'critical'
  return state === 'partial_outage' ? 'major' : 'minor'
}

const placeOf = ({ endpoint }: EndpointVerdict): Place => ({ model: endpoint.model, probe: endpoint.probe })
const isSame = (a: Place, b: Place): boolean => a.model === b.model && a.probe === b.probe

const failingPlaces = (verdict: ProviderVerdict): readonly Place[] =>
  verdict.endpoints.filter(one => isFailing(one.state)).map(placeOf)

/** How bad it is now beside how bad it was. */
const gauge = (incident: Incident, { verdict, policy, nowMs }: Step): readonly Change[] => {
  const { impact, impactNow: now, easedMs } = incident
  const { reason } = verdict
  const to = impactOf(verdict)
  const rank = (one: Impact): number => impacts.indexOf(one)
  if (rank(to) > rank(impact)) return [{ kind: 'impact', from: impact, to, reason }]
  if (rank(to) > rank(now)) return [{ kind: 'again', to }]
  if (to === now) return easedMs === null ? [] : [{ kind: 'easing', sinceMs: null }]
  if (easedMs === null) return [{ kind: 'easing', sinceMs: nowMs }]
  return nowMs - easedMs >= policy.hold.windowMs ? [{ kind: 'eased', from: now, to, reason }] : []
}

const follow = (incident: Incident, step: Step, state: FailingState): readonly Change[] => {
  const { verdict } = step
  const { reason } = verdict
  const opening = verdict.endpoints.filter(one => isFailing(one.state) && one.opens).map(placeOf)
  const added = opening.filter(place => !incident.scope.some(known => isSame(known, place)))
  const changes: Change[] = []
  if (incident.cleanWindows > 0) changes.push({ kind: 'clean', windows: 0 })
  changes.push(...gauge(incident, step))
  if (added.length > 0) changes.push({ kind: 'scope', added, reason })
  if (state !== incident.state) changes.push({ kind: 'state', from: incident.state, to: state, reason })
  return changes
}

const settle = (incident: Incident, { verdict, policy, nowMs }: Step): readonly Change[] => {
  const places = incident.scope.map(place => verdict.endpoints.find(one => isSame(placeOf(one), place)))
  const isDark = (one: EndpointVerdict | undefined) =>
    one === undefined || one.state === 'unknown' || one.state === 'throttled'
  const dark = places.filter(isDark)
  if (dark.length > 0 || verdict.state === 'unknown') {
    const sinceMs = Math.max(...dark.map(one => one?.sinceMs ?? 0), incident.openedMs)
    if (nowMs - sinceMs >= policy.incident.abandonAfterMs) return [{ kind: 'resolved', reason: 'not_measured' }]
    return incident.cleanWindows > 0 ? [{ kind: 'clean', windows: 0 }] : []
  }
  const isNext = incident.cleanMs === null || nowMs - incident.cleanMs >= policy.hold.windowMs
  if (!isNext) return []
  const windows = incident.cleanWindows + 1
  const counted: Change = { kind: 'clean', windows }
  return windows >= policy.incident.cleanWindows ? [counted, { kind: 'resolved', reason: 'clean_windows' }] : [counted]
}
