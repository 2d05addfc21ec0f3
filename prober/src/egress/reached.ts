/**
 * Which origins this vantage has reached, and when. An origin that never answered here says more about the way out of
 * here than about the provider.
 *
 * Invariant: a time that has not come is not believed for longer than one that is over: a clock that was ahead once does
 * not vouch for an origin until it gets there again.
 */
export interface Reached {
  readonly note: (origin: string, nowMs: number) => void
  readonly within: (origin: string, nowMs: number) => boolean
  /** Origin and time of each, to be kept over a restart. */
  readonly entries: () => readonly (readonly [origin: string, atMs: number])[]
}

export const reachedWindowMs = 24 * 3_600_000

export const createReached = (known: readonly (readonly [string, number])[] = []): Reached => {
  const lastMs = new Map(known)
  return {
    note(origin, nowMs) {
      lastMs.set(origin, nowMs)
    },
    within(origin, nowMs) {
      const last = lastMs.get(origin)
      return last !== undefined && Math.abs(nowMs - last) <= reachedWindowMs
    },
    entries: () => [...lastMs],
  }
}
