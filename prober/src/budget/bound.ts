import type { ResultLine } from '@llmstatus/shared/result'
import { promptTokens } from '../config/cost.ts'
import type { Probe } from '../probe.ts'

/**
 * What one call may cost at most, and what it did cost: whole billionths of a dollar, so that sums are exact and the same
 * in whatever order. Rounded up. What is not known is never free.
 */

/** Dollars per million tokens where no price is known: dearer than any model that ships, so that it errs to the safe side. */
const assumedPrice = { input: 15, output: 75 } as const

/** A billed call of which nothing is known. */
const assumedTokens = { input: 4000, output: 4000 } as const

export const nanoUsd = (usd: number): number => Math.ceil(Number((usd * 1e9).toFixed(3)))

export const usdOf = (nano: number): number => nano / 1e9

export const boundNano = (probe: Probe): number => {
  if (!probe.billed) return 0
  const { input, output } = isPrice(probe.price) ? probe.price : assumedPrice
  const tokens =
    probe.question === null ? assumedTokens : { input: promptTokens(probe), output: probe.question.maxTokens }
  return nanoUsd((tokens.input * input + tokens.output * output) / 1_000_000)
}

const isPrice = (price: Probe['price']): price is NonNullable<Probe['price']> =>
  price !== null && [price.input, price.output].every(usd => Number.isFinite(usd) && usd >= 0)

/** What was never sent costs nothing. An answer that does not say what it cost has cost its bound. */
export const costNano = (line: ResultLine, bound: number): number => {
  if (line.us.sent === null) return 0
  return line.cost_usd !== null && Number.isFinite(line.cost_usd) ? nanoUsd(line.cost_usd) : bound
}
