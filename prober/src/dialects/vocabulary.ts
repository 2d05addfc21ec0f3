import { awsSignal } from './aws-words.ts'
import { cohereSignal } from './cohere-words.ts'
import type { ErrorBody } from './error-body.ts'
import { errorSignal } from './error-words.ts'
import { geminiSignal } from './gemini-words.ts'
import { ollamaSignal } from './ollama-words.ts'
import { watsonxSignal } from './watsonx-words.ts'

/** What a provider's errors are written in, for who asks it something that is not its dialect: the listing of an edge. */
export type SignalFor = (error: ErrorBody, httpStatus: number) => string | null

/** Those with words of their own, by the dialect they chat in; all others say the common ones. */
const own: Readonly<Record<string, SignalFor>> = {
  gemini: geminiSignal,
  cohere: cohereSignal,
  'cohere-v1': cohereSignal,
  ollama: ollamaSignal,
  bedrock: awsSignal,
  'vertex-anthropic': geminiSignal,
  watsonx: watsonxSignal,
}

export const vocabularyOf = (dialect: string | undefined): SignalFor =>
  dialect !== undefined && Object.hasOwn(own, dialect) ? (own[dialect] ?? errorSignal) : errorSignal
