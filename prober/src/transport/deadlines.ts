import type { Operation } from '@llmstatus/shared/outcome'
import type { Deadlines } from './attempt.ts'

/** How far an exchange has come. */
export interface Waiting {
  readonly startedUs: number
  readonly isSent: boolean
  readonly hasFirstByte: boolean
  readonly awaitsToken: boolean
  readonly lastByteUs: number
}

/** What is being waited for: the operation that an error here belongs to. */
export const waitingFor = (now: Waiting): Operation => {
  if (!now.isSent) return 'send'
  if (!now.hasFirstByte) return 'first_byte'
  return now.awaitsToken ? 'first_token' : 'total'
}

/** The deadline that comes next. Where two fall together, the one that says more is named. */
export const nextDeadline = (
  now: Waiting,
  limits: Deadlines,
): { readonly operation: Operation; readonly atUs: number } => {
  const after = (ms: number) => now.startedUs + ms * 1000
  const waiting = waitingFor(now)
  const own =
    waiting === 'first_token' ? limits.firstTokenMs : waiting === 'total' ? limits.totalMs : limits.firstByteMs
  const total = { operation: 'total' as const, atUs: after(limits.totalMs) }
  const phase = { operation: waiting, atUs: after(own) }
  const stall = { operation: 'stall' as const, atUs: now.lastByteUs + limits.stallMs * 1000 }
  // a model may think for long before its first token; it is between tokens that silence is a stall
  const candidates = waiting === 'total' ? [stall, total] : [phase, total]
  return candidates.reduce((first, other) => (other.atUs < first.atUs ? other : first))
}
