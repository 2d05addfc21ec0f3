import type { ProbeType } from '@llmstatus/shared/result'
import { nothing } from '../evidence.ts'
import type { State } from '../state.ts'
import type { Endpoint, EndpointVerdict, Evidence, Vote, VoteState } from '../verdict.ts'

/** Votes and verdicts as tests need them: plain, complete, at a fixed time. */

export const t0 = Date.UTC(2026, 10, 20, 10, 42, 0)

export const endpointOf = (type: ProbeType, id = 1): Endpoint => ({
  id,
  provider: 'openai',
  model: type === 'chat' ? 'gpt-4.1-nano' : '',
  probe: type,
  type,
})

const grounds: Record<VoteState, Pick<Vote, 'reason' | 'blame'> & { evidence: Partial<Evidence> }> = {
  outage: { reason: 'timeout', blame: 'provider', evidence: { rule: 'outage', n: 13, failed: 13, streak: 13 } },
  degraded: {
    reason: 'server_error',
    blame: 'provider',
    evidence: { rule: 'short_window', n: 3, failed: 3, streak: 3 },
  },
  slow: { reason: 'first_token_slow', blame: 'provider', evidence: { rule: 'slow_in_a_row', n: 20 } },
  throttled: { reason: 'rate_limited', blame: 'account', evidence: {} },
  unknown: { reason: 'no_results', blame: null, evidence: {} },
  operational: { reason: 'healthy', blame: null, evidence: { n: 5 } },
}

export const voteOf = (state: VoteState, more: Partial<Evidence> & { sinceMs?: number } = {}): Vote => {
  const { sinceMs = t0, ...evidence } = more
  const ground = grounds[state]
  return {
    state,
    reason: ground.reason,
    blame: ground.blame,
    sinceMs,
    evidence: { ...nothing, ...ground.evidence, ...evidence },
  }
}

export const verdictOf = (state: State, more: Partial<EndpointVerdict> = {}): EndpointVerdict => {
  const vote = voteOf(state === 'partial_outage' ? 'outage' : state === 'maintenance' ? 'operational' : state)
  const isBad = vote.blame === 'provider'
  return {
    endpoint: endpointOf('chat'),
    state,
    reason: vote.reason,
    blame: vote.blame,
    confidence: 'low',
    sinceMs: t0,
    voters: state === 'unknown' || state === 'throttled' ? 0 : 1,
    agree: 1,
    opens: isBad,
    failures: vote.evidence.failed,
    passes: vote.evidence.ok_since,
    critical: vote.evidence.streak >= 3 ? 1 : 0,
    evidence: vote.evidence,
    ...more,
  }
}
