import { anthropic, messageBody, readMessages } from './anthropic.ts'
import type { Dialect } from './dialect.ts'
import { geminiSignal } from './gemini-words.ts'
import { jsonAsk } from './json-ask.ts'

/**
 * Anthropic's models at Vertex AI: the same messages, with the model in the path and the version in the body (the provider
 * file's `body`), and errors in Google's words.
 */
export const vertexAnthropic = {
  ...anthropic,
  name: 'vertex-anthropic',
  ask: asked => jsonAsk(asked, messageBody),
  read: readMessages(geminiSignal),
} satisfies Dialect<'vertex-anthropic'>
