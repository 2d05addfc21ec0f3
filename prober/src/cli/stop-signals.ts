/**
 * npm sends a signal on to a process that the terminal has already told: the second one within a second is that one. A
 * later one is a person who has lost patience.
 */
export type SignalMeans = 'stop' | 'echo' | 'force'

export const createStopSignals = (nowMs: () => number): (() => SignalMeans) => {
  let firstMs: number | null = null
  return () => {
    if (firstMs !== null) return nowMs() - firstMs < 1000 ? 'echo' : 'force'
    firstMs = nowMs()
    return 'stop'
  }
}
