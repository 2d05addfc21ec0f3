import { type Level, levels, startOf } from './levels.ts'

/**
 * A run of planned slots that were not measured: `count` of them, taken as even from the first to the last. Jitter moves
 * each by at most fifteen seconds, so at the turn of a bucket one may be counted next door; their sum is exact.
 */
export interface SkippedRun {
  readonly firstMs: number
  readonly lastMs: number
  readonly count: number
}

const reachOf = (run: SkippedRun, level: Level): number =>
  (startOf(run.lastMs, level) - startOf(run.firstMs, level)) / level.stepMs + 1

/** How many buckets it will cost to count the run, at most, over all levels. */
export const bucketsFor = (run: SkippedRun): number =>
  levels.reduce((sum, level) => sum + Math.min(reachOf(run, level), (level.keptMs ?? Infinity) / level.stepMs + 1), 0)

/** How many of its slots lie in each bucket that begins at `sinceMs` or later. Without that their sum is `count`. */
export const slotsPerBucket = (
  run: SkippedRun,
  level: Level,
  sinceMs: number,
): readonly { readonly startMs: number; readonly count: number }[] => {
  const firstMs = Math.max(startOf(run.firstMs, level), sinceMs)
  const length = Math.max(0, (startOf(run.lastMs, level) - firstMs) / level.stepMs + 1)
  const buckets = Array.from({ length }, (_, n) => firstMs + n * level.stepMs)
  return buckets
    .map(startMs => ({ startMs, count: slotsBefore(run, startMs + level.stepMs) - slotsBefore(run, startMs) }))
    .filter(bucket => bucket.count > 0)
}

/** Slot k is at first + k · gap: those before `ms` are k = 0 … ceil((ms − first) / gap) − 1. */
const slotsBefore = ({ firstMs, lastMs, count }: SkippedRun, ms: number): number => {
  if (ms <= firstMs) return 0
  if (ms > lastMs) return count
  return Math.min(count, Math.ceil(((ms - firstMs) * (count - 1)) / (lastMs - firstMs)))
}
