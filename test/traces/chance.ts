/** Chance that comes out the same every time, and the few shapes of it that a provider needs. */
export interface Chance {
  /** In [0, 1). */
  readonly next: () => number
  readonly between: (low: number, high: number) => number
  readonly whole: (low: number, high: number) => number
  readonly hits: (share: number) => boolean
  /** Log-normal: most are near the median, and the tail is as heavy as sigma says. */
  readonly latencyMs: (about: Latency) => number
  readonly oneOf: <T>(all: readonly [T, ...T[]]) => T
}

export interface Latency {
  readonly medianMs: number
  readonly sigma: number
}

/** mulberry32 */
export const chanceFrom = (seed: number): Chance => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const between = (low: number, high: number): number => low + next() * (high - low)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
  return {
    next,
    between,
    whole: (low, high) => Math.floor(between(low, high + 1)),
    hits: share => next() < share,
    latencyMs: ({ medianMs, sigma }) => Math.round(medianMs * Math.exp(sigma * normal())),
    oneOf: all => all[Math.floor(next() * all.length)] ?? all[0],
  }
}
