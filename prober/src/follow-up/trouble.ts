import { blameOf } from '@llmstatus/shared/outcome'
import type { ResultLine } from '@llmstatus/shared/result'
import { defaultSlowRule, slowThresholdMs, type Usual } from '@llmstatus/shared/threshold'
import type { Probe } from '../probe.ts'

/** What is worth another look: the provider's failure, or an answer that was slow. */
export type Trouble = 'failed' | 'slow'

/** Null: it was well, or somebody else's problem. The reference is our own, and is never looked at again. */
export const troubleOf = (probe: Probe, line: ResultLine, usual: Usual | null): Trouble | null => {
  if (probe.type === 'reference' || probe.type === 'control') return null
  if (blameOf(line.outcome, line.signal) === 'provider') return 'failed'
  if (line.outcome !== 'ok') return null
  return latenciesOf(probe, line, usual).some(isSlow) ? 'slow' : null
}

interface Latency {
  readonly ms: number | null
  readonly slaMs: number | null
  readonly usual: Usual | null
}

/** As in the judge: a chat by its first token, and by its whole only where that was agreed; everything else by its whole. */
const latenciesOf = ({ type, sla }: Probe, { us }: ResultLine, usual: Usual | null): readonly Latency[] => {
  const whole = { ms: milliseconds(us.last_byte), slaMs: sla?.total_p95_ms ?? null }
  if (type !== 'chat') return [{ ...whole, usual }]
  return [
    { ms: milliseconds(us.first_token), slaMs: sla?.ttfb_p95_ms ?? null, usual },
    { ...whole, usual: null },
  ]
}

/** As of something self-hosted: before there is a baseline of its own, nothing but what was agreed makes it slow. */
const isSlow = ({ ms, slaMs, usual }: Latency): boolean => {
  const thresholdMs = slowThresholdMs({ slaMs, usual, kind: 'self_hosted', reasoning: false }, defaultSlowRule)
  return ms !== null && thresholdMs !== null && ms > thresholdMs
}

const milliseconds = (us: number | null): number | null => (us === null ? null : us / 1000)

/** What a baseline is made of: the first token of a chat, the whole of everything else, of planned results that are ok. */
export const usualPartMs = (probe: Probe, line: ResultLine): number | null => {
  const isPlanned = line.why === 'schedule' || line.why === 'boot'
  if (!isPlanned || line.outcome !== 'ok') return null
  return milliseconds(probe.type === 'chat' ? line.us.first_token : line.us.last_byte)
}
