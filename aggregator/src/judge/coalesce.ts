/**
 * Many callers, one worker: what is asked for while the work runs waits together and is done once, after it. A call
 * ends when the work that includes it has ended. `work` must not throw.
 */
export const coalesce = <T>(work: (items: readonly T[]) => Promise<void>): ((items: readonly T[]) => Promise<void>) => {
  const waiting = new Set<T>()
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | null = null
  const run = (): Promise<void> => {
    const items = [...waiting]
    waiting.clear()
    next = null
    return work(items)
  }
  return items => {
    for (const item of items) waiting.add(item)
    next ??= running = running.then(run)
    return next
  }
}
