import type { Policy } from './policy.ts'
import { isFailing, type State, severity } from './state.ts'
import type { EndpointVerdict, Judged, ProviderVerdict, Verdict } from './verdict.ts'

/**
 * Rule 7: a provider is what its chat endpoints are; where none of them can be judged, what the others are. The rest only
 * colours it: a listing that is out while chat answers is a degradation, anything else that is out a partial outage.
 */
export const providerState = (endpoints: readonly Verdict[]): Judged => {
  const main = mainOf(endpoints)
  const state = stateOf(endpoints, main)
  const holders = holdersOf(state, endpoints, main)
  const lead = holders.toSorted(worstFirst)[0]
  const began = holders.map(verdict => verdict.sinceMs)
  return {
    state,
    reason: lead?.reason ?? 'never_measured',
    blame: lead?.blame ?? null,
    confidence: lead?.confidence ?? 'low',
    // Trouble is as old as its first part; what is well, or not known, is so since its last part became so.
    sinceMs: isFailing(state) ? Math.min(...began) : Math.max(0, ...began),
    voters: lead?.voters ?? 0,
    agree: lead?.agree ?? 0,
  }
}

export const judgeProvider = (
  provider: string,
  endpoints: readonly EndpointVerdict[],
  policy: Policy,
): ProviderVerdict => ({
  provider,
  ...providerState(endpoints),
  opens: opens(
    endpoints.filter(verdict => isFailing(verdict.state)),
    policy,
  ),
  critical: isCritical(mainOf(endpoints), policy),
  endpoints: endpoints.toSorted(worstFirst),
})

const isKnown = ({ state }: Verdict): boolean => state !== 'unknown' && state !== 'throttled'

/** The endpoints that decide whether it is out. */
const mainOf = <T extends Verdict>(endpoints: readonly T[]): readonly T[] => {
  const known = endpoints.filter(isKnown)
  const chat = known.filter(verdict => verdict.endpoint.type === 'chat')
  return chat.length > 0 ? chat : known
}

const stateOf = (endpoints: readonly Verdict[], main: readonly Verdict[]): State => {
  const out = main.filter(verdict => verdict.state === 'outage').length
  if (out > 0) return out === main.length ? 'outage' : 'partial_outage'
  const known = endpoints.filter(isKnown)
  if (known.length === 0) return 'unknown'
  return known.map(verdict => (main.includes(verdict) ? verdict.state : atMost(verdict))).reduce(worst)
}

/** As bad as something beside the main endpoints can make a provider. */
const atMost = ({ state, endpoint }: Verdict): State => {
  const limit = endpoint.type === 'reachability' ? 'degraded' : 'partial_outage'
  return severity(state) > severity(limit) ? limit : state
}

const worst = (a: State, b: State): State => (severity(b) > severity(a) ? b : a)

const holdersOf = (state: State, endpoints: readonly Verdict[], main: readonly Verdict[]): readonly Verdict[] => {
  if (isFailing(state)) return endpoints.filter(verdict => isFailing(verdict.state))
  return state === 'unknown' ? endpoints : main
}

/** By state, then by how many vantages say so, then by name: the same order whatever the order of arrival. */
const worstFirst = (a: Verdict, b: Verdict): number =>
  severity(b.state) - severity(a.state) || b.agree - a.agree || compare(nameOf(a), nameOf(b))

const nameOf = ({ endpoint }: Verdict): string => `${endpoint.probe} ${endpoint.model}`
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * One bad probe, or two, may be chance: so many failures over all of its probes and vantages are not, nor are more of
 * them with some that were well in between.
 */
const opens = (failing: readonly EndpointVerdict[], policy: Policy): boolean => {
  const opening = failing.filter(verdict => verdict.opens)
  if (opening.some(verdict => verdict.state === 'slow')) return true
  const failures = failing.reduce((sum, verdict) => sum + verdict.failures, 0)
  const passes = failing.reduce((sum, verdict) => sum + verdict.passes, 0)
  const spare = failures - policy.incident.failures
  return opening.length > 0 && spare >= 0 && passes <= spare * policy.incident.passesEach
}

const isCritical = (main: readonly EndpointVerdict[], policy: Policy): boolean => {
  const voters = main.reduce((sum, verdict) => sum + verdict.voters, 0)
  const critical = main.reduce((sum, verdict) => sum + verdict.critical, 0)
  return voters > 0 && critical >= policy.incident.criticalShare * voters
}
