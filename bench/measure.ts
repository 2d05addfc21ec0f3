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

/** How long each run of the same work took, after as many runs again as it takes V8 to make up its mind. */
export const timed = async (
  { runs, warmups }: { readonly runs: number; readonly warmups: number },
  work: () => unknown,
): Promise<number[]> => {
  for (let n = 0; n < warmups; n++) await work()
  const tookMs: number[] = []
  for (let n = 0; n < runs; n++) {
    const startMs = performance.now()
    await work()
    tookMs.push(performance.now() - startMs)
  }
  return tookMs
}

export const noLimit = { limit: null, limit_value: null } as const
