import type { ResultLine } from '@llmstatus/shared/result'

/** Fewer tokens have no speed, and neither have tokens that came all at once. */
const fewestTokens = 8

/**
 * Tokens as the provider counted them, over the time in which they came. Reasoning that was not streamed took its time
 * before the first token, so it is not among them.
 */
export const tokensPerSecond = ({ tokens, us, chunks, uncertainty_us: uncertaintyUs }: ResultLine): number | null => {
  const { first_token: from, first_visible: visible, last_byte: to } = us
  if (tokens.out === null || from === null || to === null || chunks < 2) return null
  const isHidden = from === visible
  const count = isHidden ? tokens.out - (tokens.reasoning ?? 0) : tokens.out
  const tookUs = to - from
  // a time that is not much longer than what it may be off by says nothing
  return count < fewestTokens || tookUs <= 5 * uncertaintyUs || tookUs <= 0 ? null : count / (tookUs / 1_000_000)
}
