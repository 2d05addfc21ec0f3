/**
 * Each signed question is answered once. Its name is kept for as long as its time may still be right, by the one clock
 * here; each replica remembers its own.
 */
export const createAskedOnce = (windowMs: number): ((jti: string, nowMs: number) => boolean) => {
  const seenMs = new Map<string, number>()
  return (jti, nowMs) => {
    for (const [old, ms] of seenMs) {
      // in the order in which they came
      if (nowMs - ms <= 2 * windowMs) break
      seenMs.delete(old)
    }
    if (seenMs.has(jti)) return false
    seenMs.set(jti, nowMs)
    return true
  }
}
