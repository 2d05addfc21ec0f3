import { blameOf } from '@llmstatus/shared/outcome'
import type { ResultLine } from '@llmstatus/shared/result'
import { defaultSlowRule, slowThresholdMs } from '@llmstatus/shared/threshold'
import type { Probe } from '../probe.ts'
import { tokensPerSecond } from './speed.ts'

/**
 * What one result looks like, by itself. It is no verdict: one bad probe makes nothing degraded, and the shapes are only
 * those of the page, so that both are read in the same way.
 */
export type State = 'ok' | 'slow' | 'broken' | 'absent' | 'yours' | 'unknown'

export const glyphs: Readonly<Record<State, string>> = {
  ok: '●',
  slow: '◐',
  broken: '▲',
  absent: '■',
  yours: '⊘',
  unknown: '◌',
}

export const stateOf = (probe: Probe, line: ResultLine): State => {
  if (line.outcome === 'ok') return slownessOf(probe, line) === null ? 'ok' : 'slow'
  switch (blameOf(line.outcome, line.signal)) {
    case 'account':
    case 'config':
      return 'yours'
    case 'provider':
      return cameWrong.has(line.outcome) || line.us.first_token !== null ? 'broken' : 'absent'
    default:
      return 'unknown'
  }
}

/** Something was answered, and it was not right. In the rest nothing of use came. */
const cameWrong: ReadonlySet<ResultLine['outcome']> = new Set([
  'overloaded',
  'malformed',
  'empty',
  'truncated',
  'wrong_answer',
  'redirected',
])

/** What was slow about it, in words; null where nothing was, or nothing says what would be. */
export const slownessOf = (probe: Probe, line: ResultLine): string | null => {
  const { sla } = probe
  const speed = tokensPerSecond(line)
  const late = [
    tooLong('first token', line.us.first_token, firstTokenLimitMs(probe)),
    tooLong('answer', line.us.last_byte, sla?.total_p95_ms ?? null),
    sla?.tps_p50_min !== undefined && speed !== null && speed < sla.tps_p50_min
      ? `${speed.toFixed(0)} tokens/s; slow is below ${sla.tps_p50_min}`
      : null,
  ]
  return late.find(words => words !== null) ?? null
}

const firstTokenLimitMs = ({ type, sla, billed, reasoning }: Probe): number | null => {
  if (type !== 'chat') return null
  const kind = billed ? 'hosted' : 'self_hosted'
  return slowThresholdMs({ slaMs: sla?.ttfb_p95_ms ?? null, kind, reasoning, usual: null }, defaultSlowRule)
}

const tooLong = (what: string, us: number | null, limitMs: number | null): string | null =>
  us === null || limitMs === null || us <= limitMs * 1000
    ? null
    : `${what} after ${seconds(us / 1000)}; slow is above ${seconds(limitMs)}`

const seconds = (ms: number): string => `${Number((ms / 1000).toFixed(2))} s`
