import type { ResultLine } from '@llmstatus/shared/result'
import { type Sketch, sketchOf } from '@llmstatus/shared/sketch'
import { type Counted, type Counts, countOf, isPlanned, isTimed, noCounts } from './counts.ts'
import { type Level, oldestStartMs, startOf } from './levels.ts'
import { type MetricName, type Timed, timesOf } from './metrics.ts'
import { type SkippedRun, slotsPerBucket } from './skipped-slots.ts'

/** One endpoint's part of a bucket as one prober saw it: what to add to what is there. */
export interface Bucket {
  readonly endpoint: number
  readonly startMs: number
  readonly counts: Readonly<Counts>
  readonly sketches: ReadonlyMap<MetricName, Sketch>
}

export interface RolledResult extends Counted, Timed {
  readonly endpoint: number
  readonly slotMs: number
  readonly why: ResultLine['why']
  readonly tokensOut: number | null
  readonly costUsd: number | null
}

export interface RolledSkip extends SkippedRun {
  readonly endpoint: number
  readonly why: ResultLine['why']
}

export interface Rolled {
  readonly results: readonly RolledResult[]
  readonly skips: readonly RolledSkip[]
}

interface Open {
  readonly endpoint: number
  readonly startMs: number
  readonly counts: Counts
  readonly times: Map<MetricName, number[]>
}

/**
 * Buckets come in the order of endpoint and time, so that no two transactions ever wait for each other crosswise. What is
 * too old for this level has none.
 */
export const accumulate = ({ results, skips }: Rolled, level: Level, nowMs: number): readonly Bucket[] => {
  const sinceMs = oldestStartMs(level, nowMs)
  const buckets = new Map<string, Open>()
  const bucketAt = (endpoint: number, startMs: number): Open => {
    const key = `${endpoint} ${startMs}`
    const bucket = buckets.get(key) ?? { endpoint, startMs, counts: noCounts(), times: new Map() }
    buckets.set(key, bucket)
    return bucket
  }
  for (const result of results) {
    const startMs = startOf(result.slotMs, level)
    if (startMs >= sinceMs) addResult(bucketAt(result.endpoint, startMs), result)
  }
  for (const skip of skips)
    if (isPlanned(skip.why))
      for (const { startMs, count } of slotsPerBucket(skip, level, sinceMs)) {
        const { counts } = bucketAt(skip.endpoint, startMs)
        counts.planned += count
        counts.skipped += count
      }
  return [...buckets.values()].map(closed).sort((a, b) => a.endpoint - b.endpoint || a.startMs - b.startMs)
}

const addResult = ({ counts, times }: Open, result: RolledResult): void => {
  counts.tokens_out += result.tokensOut ?? 0
  counts.cost_usd += result.costUsd ?? 0
  if (isPlanned(result.why)) {
    counts.planned++
    counts[countOf(result)]++
  }
  if (!isTimed(result.why) || result.outcome !== 'ok') return
  for (const { metric, ms } of timesOf(result)) {
    const values = times.get(metric)
    if (values === undefined) times.set(metric, [ms])
    else values.push(ms)
  }
}

const closed = ({ times, ...bucket }: Open): Bucket => ({
  ...bucket,
  sketches: new Map([...times].map(([metric, values]) => [metric, sketchOf(values)])),
})
