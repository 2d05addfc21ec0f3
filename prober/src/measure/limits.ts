import type { Deadlines } from '../transport/attempt.ts'

const connectMs = 10_000
const stallMs = 15_000

/** One time-out of a definition, as the deadlines it stands for; which of them ran out is the operation. */
export const deadlinesOf = (timeoutMs: number): Deadlines => ({
  connectMs: Math.min(connectMs, timeoutMs),
  firstByteMs: timeoutMs,
  firstTokenMs: timeoutMs,
  stallMs: Math.min(stallMs, timeoutMs / 2),
  totalMs: timeoutMs,
})
