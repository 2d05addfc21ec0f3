import type { Blame, Outcome } from '@llmstatus/shared/outcome'
import type { ProbeType } from '@llmstatus/shared/result'
import type { Confidence, Reason, State } from './state.ts'

/** What is said, of what, and on which grounds. Votes and verdicts are rows; keys of `evidence` are as stored and shown. */

/** Which sentence of the rule book decided. */
export const rules = [
  'short_window',
  'long_window',
  'outage',
  'slow_quantile',
  'slow_in_a_row',
  // above what holds for everybody, while too little is known of this endpoint: shown, and opens nothing
  'slow_general',
  // fewer tokens a second than agreed: shown, and a notice, and opens nothing
  'tokens_slow',
  'hold',
  'none',
] as const
export type Rule = (typeof rules)[number]

export interface Latency {
  readonly metric: 'first_token' | 'total' | 'per_token'
  readonly p95_ms: number
  readonly threshold_ms: number
  readonly above: number
}

export interface Evidence {
  readonly rule: Rule
  /** Results that counted, in the window that decided. */
  readonly n: number
  readonly failed: number
  readonly window_s: number
  readonly codes: { readonly [code in Outcome]?: number }
  /** Those that were well after the first failure in it. */
  readonly ok_since: number
  /** Failures in a row, up to the newest result. */
  readonly streak: number
  readonly latency: Latency | null
}

export type VoteState = Exclude<State, 'partial_outage' | 'maintenance'>

/** One vantage on one endpoint. */
export interface Vote {
  readonly state: VoteState
  readonly reason: Reason
  readonly blame: Blame | null
  readonly sinceMs: number
  readonly evidence: Evidence
}

export interface Endpoint {
  readonly id: number
  readonly provider: string
  /** '' where a probe has no model. */
  readonly model: string
  readonly probe: string
  readonly type: ProbeType
}

export interface Judged {
  readonly state: State
  readonly reason: Reason
  readonly blame: Blame | null
  readonly confidence: Confidence
  readonly sinceMs: number
  /** Vantages that could tell, and those of them that hold this state or a worse one. */
  readonly voters: number
  readonly agree: number
}

/** All vantages together on one endpoint. */
export interface Verdict extends Judged {
  readonly endpoint: Endpoint
}

/** A verdict with what an incident is decided on. */
export interface EndpointVerdict extends Verdict {
  /** False while a lone vantage among several, or a state that only has not ended yet, is all there is. */
  readonly opens: boolean
  /** Failures in the windows that decided, over all vantages; those of a state that only has not ended yet are left out. */
  readonly failures: number
  /** What was well since the first of them in each. */
  readonly passes: number
  /** Votes with so many failures in a row that they make an incident critical. */
  readonly critical: number
  readonly evidence: Evidence
}

/** All endpoints of one provider. */
export interface ProviderVerdict extends Judged {
  readonly provider: string
  readonly opens: boolean
  readonly critical: boolean
  /** Worst first. */
  readonly endpoints: readonly EndpointVerdict[]
}
