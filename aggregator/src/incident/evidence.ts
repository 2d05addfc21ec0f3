import { isFailing } from '../judge/state.ts'
import type { ProviderVerdict } from '../judge/verdict.ts'

/** What stands beside an event: the verdict as it was then, endpoint by endpoint. */
export const evidenceOf = (verdict: ProviderVerdict) => ({
  state: verdict.state,
  reason: verdict.reason,
  blame: verdict.blame,
  confidence: verdict.confidence,
  endpoints: verdict.endpoints
    .filter(one => isFailing(one.state))
    .map(one => ({
      model: one.endpoint.model === '' ? null : one.endpoint.model,
      probe: one.endpoint.probe,
      state: one.state,
      reason: one.reason,
      since: new Date(one.sinceMs).toISOString(),
      voters: one.voters,
      agree: one.agree,
      ...one.evidence,
    })),
})

export type IncidentEvidence = ReturnType<typeof evidenceOf>
