import { overallSentence } from './overall-sentence.ts'
import { isFailing, type State, severity } from './state.ts'
import type { Judged } from './verdict.ts'

/** Everything in one word and one sentence. */

export interface Named extends Judged {
  readonly name: string
}

/** A vantage, and when it was heard of last. */
export interface Watcher {
  readonly name: string
  readonly lastResultMs: number | null
}

export interface Seen {
  readonly nowMs: number
  /** Approved ones. */
  readonly watchers: readonly Watcher[]
}

export interface Overall {
  readonly state: State
  readonly text: string
  readonly sinceMs: number | null
}

export const overall = (providers: readonly Named[], seen: Seen): Overall => {
  const known = providers.filter(provider => provider.state !== 'unknown' && provider.state !== 'throttled')
  const state = stateOf(known)
  const began = (known.length > 0 ? known : providers).filter(
    one => one.state === state || (isFailing(state) && isFailing(one.state)),
  )
  const since = began.map(one => one.sinceMs)
  return {
    state,
    text: overallSentence(providers, seen),
    sinceMs: since.length === 0 ? null : isFailing(state) ? Math.min(...since) : Math.max(...since),
  }
}

const stateOf = (known: readonly Named[]): State => {
  if (known.length === 0) return 'unknown'
  const out = known.filter(provider => provider.state === 'outage').length
  if (out === known.length) return 'outage'
  if (out > 0) return 'partial_outage'
  return known.map(provider => provider.state).reduce((a, b) => (severity(b) > severity(a) ? b : a))
}
