/**
 * How many batches are worked on at one time: each is some megabytes of lines and rows while it is. Who comes then waits
 * for a turn, in the order of coming, and for a bounded time.
 */
export interface Turns {
  /** Null where no turn came in time: then the work was not begun. */
  readonly take: <T>(work: () => Promise<T>) => Promise<{ readonly value: T } | null>
}

export interface TurnsDeps {
  readonly most: number
  readonly patienceMs: number
  /** Calls once, later, unless it is told not to. */
  readonly after: (ms: number, run: () => void) => () => void
}

export const createTurns = ({ most, patienceMs, after }: TurnsDeps): Turns => {
  let busy = 0
  const waiting = new Set<() => void>()
  const release = (): void => {
    const [next] = waiting
    // the turn goes from hand to hand, so that nobody who comes in between is faster
    if (next === undefined) busy--
    else next()
  }
  const turn = (): Promise<boolean> => {
    if (busy < most) {
      busy++
      return Promise.resolve(true)
    }
    return new Promise(resolve => {
      const begin = (): void => {
        waiting.delete(begin)
        stop()
        resolve(true)
      }
      const stop = after(patienceMs, () => {
        waiting.delete(begin)
        resolve(false)
      })
      waiting.add(begin)
    })
  }
  return {
    take: async work => {
      if (!(await turn())) return null
      try {
        return { value: await work() }
      } finally {
        release()
      }
    },
  }
}
