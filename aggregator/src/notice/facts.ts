import type { Outcome } from '@llmstatus/shared/outcome'
import type { ProbeType } from '@llmstatus/shared/result'

/** What the rows say, as far as a notice may rest on it. */

export interface ProberFacts {
  readonly prober: number
  /** Since when it may report. */
  readonly approvedMs: number
  readonly lastBatchMs: number | null
  readonly lastResultMs: number | null
  /** Of its most frequent probe; null where it has none yet. */
  readonly everyMs: number | null
  readonly clockOffsetMs: number | null
  /** Lines of the last hour that could not be read, by reason. */
  readonly rejected: Readonly<Record<string, number>>
}

export interface ResultFacts {
  readonly slotMs: number
  readonly outcome: Outcome
  /** The prober's, where it said something else. */
  readonly stated: Outcome | null
  readonly signal: string | null
  readonly firstTokenUs: number | null
  readonly lastByteUs: number | null
  readonly tokensOut: number | null
  readonly requests: Headroom | null
  readonly tokens: Headroom | null
  readonly reportedModel: string | null
}

export interface Headroom {
  readonly limit: number
  readonly remaining: number
}

export interface SeriesFacts {
  readonly prober: number
  readonly provider: string
  readonly model: string
  readonly probe: string
  readonly type: ProbeType
  readonly everyMs: number
  readonly tokensPerSecondFloor: number | null
  /** The last twenty of a day at most, newest first. */
  readonly latest: readonly ResultFacts[]
}

/** The last hour of one provider from one vantage. */
export interface CoverageFacts {
  readonly prober: number
  readonly provider: string
  readonly planned: number
  readonly measured: number
  /** What was skipped, by reason. */
  readonly skips: Readonly<Record<string, number>>
}

export interface Facts {
  readonly probers: readonly ProberFacts[]
  readonly series: readonly SeriesFacts[]
  readonly coverage: readonly CoverageFacts[]
  /** Null where nobody ever added a definition. */
  readonly definitions: { readonly count: number; readonly expiresMs: number } | null
  readonly nowMs: number
}
