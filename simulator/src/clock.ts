/** Everything the simulator takes from outside that is not a value. */
export interface Clock {
  /** CLOCK_MONOTONIC in microseconds: the same clock as in every other process of this machine. */
  readonly monoUs: () => number
  /** Resolves when the time has passed or the signal is aborted, whichever is first. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
}

export const realClock: Clock = {
  monoUs: () => Number(process.hrtime.bigint() / 1000n),
  wait: (ms, signal) =>
    new Promise(resolve => {
      if (signal.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal.addEventListener('abort', done)
    }),
}
