import { Secret, sameSecret } from '@llmstatus/shared/secret'

/** Deeply, secrets by what they hold: to any other comparison two keys look alike. */
export const sameValue = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (a instanceof Secret || b instanceof Secret) return a instanceof Secret && b instanceof Secret && sameSecret(a, b)
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false
  const [ours, theirs] = [Object.entries(a), new Map(Object.entries(b))]
  return (
    ours.length === theirs.size && ours.every(([key, value]) => theirs.has(key) && sameValue(value, theirs.get(key)))
  )
}
