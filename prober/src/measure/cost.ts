import type { ResultLine } from '@llmstatus/shared/result'
import type { Probe } from '../probe.ts'

/** What this one request cost: known only where the price and both counts are. */
export const costOf = (price: Probe['price'], tokens: ResultLine['tokens']): number | null => {
  if (price === null || tokens.in === null || tokens.out === null) return null
  return Number(((tokens.in * price.input + tokens.out * price.output) / 1_000_000).toFixed(9))
}

/**
 * Tokens for the user. A reasoning model that does not say how much of its count was reasoning leaves it unknown.
 */
export const visibleTokens = ({ out, reasoning }: ResultLine['tokens'], isReasoning: boolean): number | null => {
  if (out === null || (reasoning === null && isReasoning)) return null
  return Math.max(0, out - (reasoning ?? 0))
}
