import type { Reading } from '../dialects/reading.ts'
import { nothing } from '../dialects/seen.ts'
import type { Attempted } from '../transport/attempt.ts'
import type { LoopDelay } from '../transport/loop-monitor.ts'

/** One probe as it went, before anybody says what it means. Times are monotonic microseconds. */
export interface Observation {
  readonly atMs: number
  readonly startedUs: number
  readonly attempted: Attempted
  readonly reading: Reading
  readonly loop: LoopDelay
}

export const nothingRead: Reading = { ...nothing, arrivals: 0, gapUs: null, signal: null }

/** The stamps that what is shown is made of: if the loop was held around one of these, the number is late. */
export const decisiveStamps = (attempted: Attempted, reading: Reading): readonly number[] => {
  const { dns, tcp, tls, sent, lastByte } = attempted.stamps
  const end = reading.firstTokenUs ?? lastByte
  return [dns, tcp, tls, sent, end].filter(stamp => stamp !== null)
}
