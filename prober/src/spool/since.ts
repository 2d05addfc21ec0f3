/**
 * Since when each segment has held lines. Of this run it is known from its first line; of earlier runs all are taken to be
 * as old as the oldest of them, until they are gone.
 */
export interface Since {
  /** Lines were written; the newest segment has this number. */
  readonly wrote: (newest: number) => void
  /** Of the oldest segment that is left; what is behind it is forgotten. */
  readonly of: (oldest: number) => number
}

export const createSince = (deps: {
  readonly nowMs: () => number
  /** The first number of this run, and the oldest line of earlier ones. */
  readonly firstNumber: number
  readonly earlierMs: number | null
}): Since => {
  const ms = new Map<number, number>()
  let next = deps.firstNumber
  return {
    wrote: newest => {
      for (; next <= newest; next++) ms.set(next, deps.nowMs())
    },
    of: oldest => {
      for (const number of ms.keys()) if (number < oldest) ms.delete(number)
      return ms.get(oldest) ?? deps.earlierMs ?? deps.nowMs()
    },
  }
}
