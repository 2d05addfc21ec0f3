/** A wait that can be ended from outside; ending it while nobody waits ends the next one. */
export interface Nap {
  readonly take: (ms: number) => Promise<void>
  readonly end: () => void
}

export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>

export const createNap = (wait: Wait): Nap => {
  let over = new AbortController()
  return {
    take: async ms => {
      await wait(ms, over.signal)
      if (over.signal.aborted) over = new AbortController()
    },
    end: () => over.abort(),
  }
}
