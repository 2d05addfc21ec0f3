import type { Rate } from '../api/allowance.ts'

/**
 * What one prober may send, once its signature holds, so that nobody spends another's. Each replica counts for itself.
 *
 * A prober that was away for three days at three results a second brings 864,000 results: 432 full batches, some 90 MiB.
 * It may send all of that at once. What goes on at more than ten thousand results a second after that is no prober.
 */
const MiB = 1 << 20

export const proberRates = {
  batches: { perS: 5, burst: 1_000 },
  bytes: { perS: 2 * MiB, burst: 256 * MiB },
} as const satisfies Record<string, Rate>

export interface IngestLimits {
  readonly rates: Readonly<Record<keyof typeof proberRates, Rate>>
  /** Batches whose lines are in memory at one time. */
  readonly atOnce: number
  /** How long one waits for its turn, and then for the database, until its prober is told to come again. */
  readonly turnMs: number
  readonly storeMs: number
}

export const ingestLimits: IngestLimits = { rates: proberRates, atOnce: 8, turnMs: 10_000, storeMs: 20_000 }
