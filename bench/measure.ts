import type { Measurement } from './bench.ts'

const median = (sorted: readonly number[]): number => {
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

export const summarise = (values: readonly number[]): Pick<Measurement, 'value' | 'runs' | 'spread'> => {
  const sorted = values.toSorted((a, b) => a - b)
  const value = median(sorted)
  const range = (sorted.at(-1) ?? Number.NaN) - (sorted[0] ?? Number.NaN)
  return { value, runs: sorted.length, spread: range / value }
}

/** Milliseconds of one kind or another. */
export type Stopwatch = () => number

export const wallMs: Stopwatch = () => performance.now()

/**
 * What this thread computed, for what is counted per second of one core: others on the machine do not enter it. Linux
 * counts it in ticks of some milliseconds, so a run has to be a hundred of them or so.
 */
export const coreMs: Stopwatch = () => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** How long each run of the same work took, after some runs that do not count, in which V8 makes up its mind. */
export const timed = async (
  how: { readonly runs: number; readonly warmups: number; readonly clock?: Stopwatch },
  work: () => unknown,
): Promise<number[]> => {
  const clock = how.clock ?? wallMs
  for (let n = 0; n < how.warmups; n++) await work()
  const tookMs: number[] = []
  for (let n = 0; n < how.runs; n++) {
    const startMs = clock()
    await work()
    tookMs.push(clock() - startMs)
  }
  return tookMs
}

export const noLimit = { limit: null, limit_value: null } as const
