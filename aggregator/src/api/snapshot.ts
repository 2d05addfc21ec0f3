import { isUnavailable } from '../db/unavailable.ts'

export interface Snapshot<T> {
  readonly value: T
  /** 0 when it was read for this very question. */
  readonly ageMs: number
}

/**
 * Reads once for all who ask at the same time, and not again for whom something younger than `enoughMs` is good enough; while
 * the database is away, gives the last good answer with its age. Any other failure is a bug and is thrown.
 */
export const createSnapshot = <T>(read: () => Promise<T>, clock: { readonly nowMs: () => number }): Ask<T> => {
  let last: { readonly value: T; readonly readMs: number } | null = null
  let running: Promise<Snapshot<T>> | null = null
  const refresh = async (): Promise<Snapshot<T>> => {
    try {
      last = { value: await read(), readMs: clock.nowMs() }
      return { value: last.value, ageMs: 0 }
    } catch (error) {
      if (last === null || !isUnavailable(error)) throw error
      return { value: last.value, ageMs: Math.max(1, clock.nowMs() - last.readMs) }
    } finally {
      running = null
    }
  }
  return (enoughMs = 0) => {
    const isEnough = last !== null && clock.nowMs() - last.readMs < enoughMs
    if (last !== null && isEnough) return Promise.resolve({ value: last.value, ageMs: 0 })
    running ??= refresh()
    return running
  }
}

export type Ask<T> = (enoughMs?: number) => Promise<Snapshot<T>>
