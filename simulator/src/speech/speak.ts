import { countTokens, tokensOf } from './tokens.ts'

/** What a request asks for, whatever the dialect it came in. */
export interface Ask {
  readonly model: string
  /** The last thing the user said. */
  readonly prompt: string
  readonly promptTokens: number
  readonly maxTokens: number | null
  readonly stream: boolean
  /** The client asked for a usage count in the stream. */
  readonly usageInStream: boolean
  /** The error with which a model that thinks in secret refuses this question. */
  readonly hiddenRefuses?: string
}

/** plain: says what it thinks · shown: thinks aloud first · hidden: thinks first and only counts it */
export type Mind = 'plain' | 'shown' | 'hidden'

export interface Said {
  readonly id: string
  readonly model: string
  readonly reasoning: readonly string[]
  readonly tokens: readonly string[]
  readonly finish: 'stop' | 'length'
  readonly usage: { readonly in: number; readonly out: number; readonly reasoning: number }
  readonly usageInStream: boolean
}

const thought = tokensOf('Let me think about what is asked here, step by step, and check it twice before I say it.')

/** Reasoning comes first and out of the same limit: it can eat all of it, and then nothing is visible. */
export const speak = (ask: Ask, mind: Mind, say: { readonly id: string; readonly text: string }): Said => {
  const limit = ask.maxTokens ?? Number.POSITIVE_INFINITY
  const wanted = tokensOf(say.text)
  const reasoning = mind === 'plain' ? [] : thought.slice(0, limit)
  const tokens = wanted.slice(0, limit - reasoning.length)
  return {
    id: say.id,
    model: ask.model,
    reasoning: mind === 'shown' ? reasoning : [],
    tokens,
    finish: tokens.length < wanted.length ? 'length' : 'stop',
    usage: { in: ask.promptTokens, out: reasoning.length + tokens.length, reasoning: reasoning.length },
    usageInStream: ask.usageInStream,
  }
}

export const textOf = (said: Said): string => said.tokens.join('')
export const reasoningOf = (said: Said): string => said.reasoning.join('')

export { countTokens }
