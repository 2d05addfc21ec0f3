import { emptyHistogram, type Histogram, observe } from '@llmstatus/shared/exposition'
import type { ResultLine, SkipLine } from '@llmstatus/shared/result'

/**
 * What happened since this process started, counted as it is heard. Nothing here decides anything, and nothing is kept:
 * a counter that begins anew is what a reader of counters expects of a restart.
 */
export interface Counts {
  readonly ended: (line: ResultLine | SkipLine) => void
  /** What became of one attempt to hand a record over; `accepted` where a receipt held. */
  readonly sent: (result: string, atMs: number) => void
  readonly lost: (loss: { readonly reason: string; readonly lost: number }) => void
  readonly soFar: () => Counted
}

export interface Counted {
  readonly results: readonly Count<{ readonly provider: string; readonly probe: string; readonly outcome: string }>[]
  readonly skips: readonly Count<{ readonly reason: string }>[]
  readonly sends: readonly Count<{ readonly result: string }>[]
  readonly lost: readonly Count<{ readonly reason: string }>[]
  readonly lastAcceptedMs: number | null
  /** Seconds. */
  readonly loopDelay: Histogram
  readonly uncertainty: Histogram
  readonly costUsd: readonly Count<{ readonly provider: string }>[]
}

export interface Count<Labels> {
  readonly labels: Labels
  readonly value: number
}

/** From what a calm process shows to what is called overloaded (20 ms), and beyond it. */
const delayBoundsS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1]

export const createCounts = (): Counts => {
  const results = createTally<{ provider: string; probe: string; outcome: string }>()
  const skips = createTally<{ reason: string }>()
  const sends = createTally<{ result: string }>()
  const lost = createTally<{ reason: string }>()
  const costUsd = createTally<{ provider: string }>()
  let loopDelay = emptyHistogram(delayBoundsS)
  let uncertainty = emptyHistogram(delayBoundsS)
  let lastAcceptedMs: number | null = null

  return {
    ended: line => {
      if ('skip' in line) return skips.add({ reason: line.skip }, line.count ?? 1)
      const { provider, probe, outcome, cost_usd, loop_delay_us, uncertainty_us } = line
      results.add({ provider, probe, outcome }, 1)
      if (cost_usd !== null) costUsd.add({ provider }, cost_usd)
      loopDelay = observe(loopDelay, loop_delay_us / 1e6)
      uncertainty = observe(uncertainty, uncertainty_us / 1e6)
    },
    sent: (result, atMs) => {
      sends.add({ result }, 1)
      if (result === 'accepted') lastAcceptedMs = atMs
    },
    lost: loss => lost.add({ reason: loss.reason }, loss.lost),
    soFar: () => ({
      results: results.all(),
      skips: skips.all(),
      sends: sends.all(),
      lost: lost.all(),
      costUsd: costUsd.all(),
      lastAcceptedMs,
      loopDelay,
      uncertainty,
    }),
  }
}

/** One number for each combination of labels that was seen. */
const createTally = <Labels extends Readonly<Record<string, string>>>() => {
  const counts = new Map<string, Count<Labels>>()
  return {
    add: (labels: Labels, by: number): void => {
      const key = JSON.stringify(labels)
      counts.set(key, { labels, value: (counts.get(key)?.value ?? 0) + by })
    },
    all: (): readonly Count<Labels>[] => [...counts.values()],
  }
}
