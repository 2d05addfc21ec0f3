import { type Outcome, outcomeCodes } from '@llmstatus/shared/outcome'
import { nothing } from './evidence.ts'
import type { Policy } from './policy.ts'
import { type Confidence, type FailingState, isFailing, type Reason, reasons, type State, severity } from './state.ts'
import type { Endpoint, EndpointVerdict, Evidence, Rule, Verdict, Vote } from './verdict.ts'

/**
 * Rule 6: all vantages on one endpoint. A lone failing vantage among several says something about itself before it says
 * anything about the provider; a vantage that is alone is all there is, and says so with low confidence.
 */
export const judgeEndpoint = (input: {
  readonly endpoint: Endpoint
  readonly was: Pick<Verdict, 'state' | 'sinceMs'> | null
  readonly votes: readonly Vote[]
  readonly policy: Policy
  readonly nowMs: number
}): EndpointVerdict => {
  const { endpoint, was, votes, policy, nowMs } = input
  const voters = votes.filter(vote => vote.state !== 'unknown' && vote.state !== 'throttled')
  const state =
    voters.length > 0
      ? stateOf(voters, policy)
      : votes.some(vote => vote.state === 'throttled')
        ? 'throttled'
        : 'unknown'
  const holders = holdersOf(state, votes)
  const evidence = combine(holders.map(vote => vote.evidence))
  const began = Math.min(...holders.map(vote => vote.sinceMs), nowMs)
  return {
    endpoint,
    state,
    ...(holders.length > 0 ? leading(holders) : unheard(was)),
    confidence: confidenceOf(holders.length, policy),
    sinceMs: was?.state === state ? was.sinceMs : began,
    voters: voters.length,
    agree: holders.length,
    opens: isFailing(state) && opens({ state, voters, policy, nowMs }),
    failures: current(voters).reduce((sum, vote) => sum + vote.evidence.failed, 0),
    passes: current(voters).reduce((sum, vote) => sum + vote.evidence.ok_since, 0),
    critical: voters.filter(vote => vote.evidence.streak >= policy.incident.criticalInARow).length,
    evidence,
  }
}

const stateOf = (voters: readonly Vote[], policy: Policy): State => {
  const worst = voters.reduce((a, b) => (severity(b.state) > severity(a.state) ? b : a)).state
  if (worst !== 'outage') return worst
  return voters.length === 1 || isShared('outage', voters, policy) ? 'outage' : 'partial_outage'
}

/** A worse vote also counts for every milder failing state. */
const atLeast = (state: State, votes: readonly Vote[]): readonly Vote[] =>
  votes.filter(vote => severity(vote.state) >= severity(state))

const isShared = (state: State, voters: readonly Vote[], policy: Policy): boolean => {
  const count = atLeast(state, voters).length
  return count >= policy.vantages.least && count >= policy.vantages.share * voters.length
}

const holdersOf = (state: State, votes: readonly Vote[]): readonly Vote[] => {
  if (state === 'partial_outage') return votes.filter(vote => vote.state === 'outage')
  return isFailing(state) ? atLeast(state, votes) : votes.filter(vote => vote.state === state)
}

const opens = (about: {
  readonly state: FailingState
  readonly voters: readonly Vote[]
  readonly policy: Policy
  readonly nowMs: number
}): boolean => {
  const { voters, policy, nowMs } = about
  if (current(voters).length === 0) return false
  const isAlone = voters.length === 1
  const isOut = about.state === 'outage' || about.state === 'partial_outage'
  const isLong = current(voters).some(vote => nowMs - vote.sinceMs >= policy.vantages.aloneForMs)
  return isAlone || isOut || isLong || isShared('slow', voters, policy)
}

const silentRules: ReadonlySet<Rule> = new Set(['hold', 'slow_general', 'tokens_slow'])

/** Those that fail by today's results, not only because nothing has ended it yet, and by what is known of this endpoint. */
const current = (voters: readonly Vote[]): readonly Vote[] =>
  voters.filter(({ state, evidence: { rule } }) => isFailing(state) && !silentRules.has(rule))

const confidenceOf = (count: number, policy: Policy): Confidence =>
  count >= policy.confidence.high ? 'high' : count >= policy.confidence.medium ? 'medium' : 'low'

/** The reason that most of them give; of equally many, that which stands first in the list. */
const leading = (holders: readonly Vote[]): Pick<Verdict, 'reason' | 'blame'> => {
  let best: { reason: Reason; count: number } = { reason: 'never_measured', count: 0 }
  for (const reason of reasons) {
    const count = holders.filter(vote => vote.reason === reason).length
    if (count > best.count) best = { reason, count }
  }
  return { reason: best.reason, blame: holders.find(vote => vote.reason === best.reason)?.blame ?? null }
}

/** No vantage is left that may say anything. */
const unheard = (was: Pick<Verdict, 'state'> | null): Pick<Verdict, 'reason' | 'blame'> => ({
  reason: was === null ? 'never_measured' : 'no_results',
  blame: null,
})

const combine = (all: readonly Evidence[]): Evidence => {
  const [first, ...others] = all
  if (first === undefined) return nothing
  return others.reduce(
    (sum, next) => ({
      rule: sum.rule,
      n: sum.n + next.n,
      failed: sum.failed + next.failed,
      window_s: Math.max(sum.window_s, next.window_s),
      codes: add(sum.codes, next.codes),
      ok_since: sum.ok_since + next.ok_since,
      streak: Math.max(sum.streak, next.streak),
      latency: (sum.latency?.p95_ms ?? -1) >= (next.latency?.p95_ms ?? -1) ? sum.latency : next.latency,
    }),
    first,
  )
}

const add = (a: Evidence['codes'], b: Evidence['codes']): Evidence['codes'] => {
  const sum: { [code in Outcome]?: number } = {}
  for (const code of outcomeCodes) {
    const count = (a[code] ?? 0) + (b[code] ?? 0)
    if (count > 0) sum[code] = count
  }
  return sum
}
