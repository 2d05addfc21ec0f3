import type { ProbeType } from '@llmstatus/shared/result'
import { slowThresholdMs, type Usual } from '@llmstatus/shared/threshold'
import type { Policy } from './policy.ts'
import type { Thresholds } from './series.ts'

export interface Sla {
  readonly ttfb_p95_ms?: number | undefined
  readonly total_p95_ms?: number | undefined
  readonly tps_p50_min?: number | undefined
}

export interface Measured {
  readonly type: ProbeType
  readonly kind: 'hosted' | 'gateway' | 'self_hosted'
  readonly reasoning: boolean
  readonly sla: Sla | null
  /** What is usual for this endpoint at this time of day; null while that is not known. */
  readonly usual: Usual | null
}

/** A chat is slow by its first token, and by its whole only where that was agreed; everything else by its whole. */
export const thresholdsOf = ({ type, kind, reasoning, sla, usual }: Measured, policy: Policy): Thresholds => {
  if (type === 'reference' || type === 'control') return { firstTokenMs: null, totalMs: null, basis: 'general' }
  const agreedTotalMs = sla?.total_p95_ms ?? null
  const agreedMs = type === 'chat' ? (sla?.ttfb_p95_ms ?? null) : agreedTotalMs
  const ms = slowThresholdMs({ slaMs: agreedMs, kind, reasoning, usual }, policy.slow)
  const isUsual = usual !== null && usual.n >= policy.slow.baselineResults
  const basis = agreedMs !== null || isUsual ? 'known' : 'general'
  const floor = sla?.tps_p50_min ?? null
  const perTokenMs = floor === null ? null : 1000 / floor
  if (type === 'chat') return { firstTokenMs: ms, totalMs: agreedTotalMs, perTokenMs, basis }
  return { firstTokenMs: null, totalMs: ms, basis }
}
