import type { ResultLine } from '@llmstatus/shared/result'
import type { Probe } from '../probe.ts'

/**
 * What this one request cost: known only where the price and both counts are. What has no price need not be counted:
 * embeddings have no output.
 */
export const costOf = (price: Probe['price'], tokens: ResultLine['tokens']): number | null => {
  if (price === null) return null
  const parts = [
    [tokens.in, price.input],
    [tokens.out, price.output],
  ] as const
  const costs = parts.map(([count, usd]) => (usd === 0 ? 0 : count === null ? null : count * usd))
  const sum = costs.reduce((all, each) => (all === null || each === null ? null : all + each), 0)
  return sum === null ? null : Number((sum / 1_000_000).toFixed(9))
}

/**
 * Tokens for the user. A reasoning model that does not say how much of its count was reasoning leaves it unknown.
 */
export const visibleTokens = ({ out, reasoning }: ResultLine['tokens'], isReasoning: boolean): number | null => {
  if (out === null || (reasoning === null && isReasoning)) return null
  return Math.max(0, out - (reasoning ?? 0))
}
