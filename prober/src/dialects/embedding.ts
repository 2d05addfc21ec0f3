import { z } from 'zod'
import type { Question } from '../probe.ts'

/** A text becomes one vector of numbers; which words ask for it and where it stands is each dialect's own. */

export const textToEmbed = ({ messages }: Question): string => messages.map(({ content }) => content).join('\n')

/** Nobody offers a vector of fewer values than these. */
const leastValues = 8
const Vector = z.array(z.number()).min(leastValues)
const isNothing = (value: unknown): boolean => value == null || (Array.isArray(value) && value.length === 0)

/** A vector closes the answer; none at all leaves it without its content, and half of one cannot be read. */
export const vectorFacts = (value: unknown): readonly { readonly fact: 'end' | 'unreadable' }[] => {
  if (isNothing(value)) return []
  return [{ fact: Vector.safeParse(value).success ? 'end' : 'unreadable' }]
}

/** Nothing is generated: what was taken in is all there is to count. */
export const inputUsage = (tokens: number | null | undefined) =>
  tokens == null ? [] : [{ fact: 'usage', in: tokens, out: 0, reasoning: null } as const]
