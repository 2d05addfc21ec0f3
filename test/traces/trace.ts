import type { Seen } from '../../aggregator/src/judge/series.ts'
import type { ProbeType } from '../../shared/src/result.ts'
import type { Usual } from '../../shared/src/threshold.ts'

/** What probers reported about one provider, in the order in which it arrived, and what was true meanwhile. */
export interface Trace {
  readonly kind: string
  readonly profile: Profile
  readonly seed: number
  readonly startMs: number
  readonly endMs: number
  readonly labels: readonly Label[]
  readonly series: readonly TracedSeries[]
  readonly rows: readonly Row[]
}

/** sparse: one vantage, one listing each minute and one chat each five. dense: more of each. */
export const profiles = ['sparse', 'dense'] as const
export type Profile = (typeof profiles)[number]

/**
 * `alarm`: whoever watches must be told, once is enough. `may`: the provider is at fault, but less than the rules call
 * trouble; telling is right and silence is too. Outside of both an alarm is false.
 */
export interface Label {
  readonly expect: 'alarm' | 'may'
  readonly fromMs: number
  readonly toMs: number
}

export interface TracedSeries {
  readonly vantage: number
  readonly model: string
  readonly probe: string
  readonly type: ProbeType
  readonly everyMs: number
  readonly timeoutMs: number
  /** What was usual here in the seven days before, for each three hours of a UTC day; null where it is new. */
  readonly usual: readonly (Usual | null)[]
}

export interface Row {
  readonly arrivedMs: number
  /** Which of the series. */
  readonly of: number
  readonly seen: Seen
}

/** From when on a result is late, which ingest decides (DESIGN §4.5). */
export const lateMs = 15 * 60_000
