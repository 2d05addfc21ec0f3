import type { Clock } from '../probe.ts'

/**
 * Starts are kept a few milliseconds apart. A cold TLS connection costs this process one to three of them, and fifty at
 * once would wait for each other inside their own timings: better to wait before the clock is started. `slot` and `at`
 * show the difference.
 */
export type Pace = () => Promise<void>

const apartUs = 4_000

export const createPacer = ({ monoUs }: Pick<Clock, 'monoUs'>): Pace => {
  const waiting: (() => void)[] = []
  let lastUs = Number.NEGATIVE_INFINITY

  /** One at a time, and from when it really started: a loop that was held must not let go of them all at once. */
  const next = (): void => {
    lastUs = monoUs()
    waiting.shift()?.()
    if (waiting.length > 0) setTimeout(next, apartUs / 1000)
  }

  return () =>
    new Promise(resolve => {
      waiting.push(resolve)
      if (waiting.length > 1) return
      const waitUs = lastUs + apartUs - monoUs()
      if (waitUs <= 0) next()
      else setTimeout(next, Math.ceil(waitUs / 1000))
    })
}
