import { body } from '../framing/body.ts'
import { sniffing } from '../framing/sniff.ts'
import { sse } from '../framing/sse.ts'
import type { Ask, Asked, Dialect } from './dialect.ts'
import { jsonAsk } from './json-ask.ts'
import { readChunks } from './openai.ts'
import { messagesOf } from './turns.ts'
import { watsonxSignal } from './watsonx-words.ts'

/**
 * watsonx.ai: chunks as OpenAI writes them, asked for in its own words. Whether it streams is said by the path; whose project
 * pays stands in the body, and is the provider file's and the account's. No sign closes a stream but the reason to finish.
 */
const ask = (asked: Asked): Ask =>
  jsonAsk(asked, question => ({
    model_id: question.model,
    messages: messagesOf(question),
    max_tokens: question.maxTokens,
  }))

export const watsonx = {
  name: 'watsonx',
  goal: 'answer',
  speaks: true,
  ask,
  framing: ({ status, asked }) => (asked.question?.stream === true && status < 300 ? sniffing(sse) : body),
  read: (frame, answer) => readChunks(frame, answer, watsonxSignal),
  finishCloses: () => true,
} satisfies Dialect<'watsonx'>
