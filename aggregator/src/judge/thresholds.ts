import type { ProbeType } from '@llmstatus/shared/result'
import { slowThresholdMs, type Usual } from '@llmstatus/shared/threshold'
import type { Policy } from './policy.ts'
import type { Thresholds } from './series.ts'

export interface Sla {
  readonly ttfb_p95_ms?: number | undefined
  readonly total_p95_ms?: number | undefined
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
  if (type === 'reference' || type === 'control') return { firstTokenMs: null, totalMs: null }
  const agreedTotalMs = sla?.total_p95_ms ?? null
  const threshold = (slaMs: number | null) => slowThresholdMs({ slaMs, kind, reasoning, usual }, policy.slow)
  if (type === 'chat') return { firstTokenMs: threshold(sla?.ttfb_p95_ms ?? null), totalMs: agreedTotalMs }
  return { firstTokenMs: null, totalMs: threshold(agreedTotalMs) }
}
