import { providerState } from '../../judge/provider.ts'
import { type State, severity } from '../../judge/state.ts'
import { timeOf, verdictOf } from '../status.ts'
import type { KnownModel } from './known.ts'
import type { ModelState, ModelVerdict } from './schema.ts'

/** What a router wants to know of a model. Pure. */

/**
 * Whether a question would be well asked now. `degraded` is no: an outage is called that for its first minutes, and at a third
 * of all questions lost somebody with another choice should take it. `slow` is yes: the answer comes.
 */
const usable: Readonly<Record<State, boolean | null>> = {
  operational: true,
  slow: true,
  degraded: false,
  partial_outage: false,
  outage: false,
  throttled: false,
  maintenance: false,
  unknown: null,
}

/** As its endpoints are, together; like a provider that has no other model. */
export const modelState = ({ endpoints }: Pick<KnownModel, 'endpoints'>): ModelState => {
  const { state, reason, blame, confidence, sinceMs } = providerState(endpoints.map(verdictOf))
  const throttled = endpoints.find(row => row.state === 'throttled')
  const all = endpoints.length > 0 && endpoints.every(row => row.state === 'throttled')
  // between endpoints `throttled` gives way; where there is nothing else, it is what a router must hear
  if (all && throttled !== undefined) {
    const own = verdictOf(throttled)
    return {
      usable: usable.throttled,
      state: 'throttled',
      reason: own.reason,
      blame: own.blame,
      since: timeOf(own.sinceMs),
      confidence: own.confidence,
    }
  }
  const since = endpoints.length === 0 ? null : timeOf(sinceMs)
  return { usable: usable[state], state, reason, blame, since, confidence }
}

/** The least bad of those that can be used; among equals the one that was asked for first. */
export const bestOf = (verdicts: readonly ModelVerdict[]): string | null =>
  verdicts.filter(one => one.usable === true).toSorted((a, b) => severity(a.state) - severity(b.state))[0]?.model ??
  null

/** Of any of them: a router needs one. Null where none is usable, and of one it is not known. */
export const anyUsable = (verdicts: readonly ModelVerdict[]): boolean | null => {
  if (verdicts.some(one => one.usable === true)) return true
  return verdicts.some(one => one.usable === null) ? null : false
}
