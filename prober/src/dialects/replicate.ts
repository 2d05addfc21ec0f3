import { z } from 'zod'
import { body } from '../framing/body.ts'
import type { Frame } from '../framing/frame.ts'
import type { Answer, Ask, Asked, Dialect, Fact } from './dialect.ts'
import { errorSignal } from './error-words.ts'
import { count, text } from './fields.ts'
import { jsonAsk } from './json-ask.ts'
import { openFrame } from './open-frame.ts'
import { promptOf, systemOf } from './turns.ts'

/**
 * Replicate: a prediction that is waited for, in one request to its own origin. Its stream is at another host, which only
 * the answer names, and no key goes where an answer says. So the first token of a result is its last, and its time is the
 * whole of it: the queue and the cold start included.
 */

type Facts = readonly Fact<'replicate'>[]

const ask = (asked: Asked): Ask => {
  const { question } = asked
  const whole = question === null ? asked : { ...asked, question: { ...question, stream: false } }
  const made = jsonAsk(whole, said => {
    const system = systemOf(said)
    const input = { prompt: promptOf(said), max_tokens: said.maxTokens }
    return { input: system === null ? input : { ...input, system_prompt: system } }
  })
  return question === null ? made : { ...made, headers: { ...made.headers, prefer: 'wait' } }
}

const Prediction = z.object({
  model: text,
  status: text,
  output: z
    .union([z.string(), z.array(z.string())])
    .nullish()
    .catch(null),
  metrics: z.object({ input_token_count: count, output_token_count: count }).nullish().catch(null),
})

const read = (frame: Frame, answer: Answer): Facts => {
  const opened = openFrame(frame, answer, errorSignal)
  if (opened.facts !== null) return opened.facts
  const found = Prediction.safeParse(opened.value)
  if (!found.success || found.data.status == null) return [{ fact: 'unreadable' }]
  const { model, status, output, metrics } = found.data
  return [
    ...(model ? [{ fact: 'model' as const, model }] : []),
    { fact: 'text', text: [output ?? []].flat().join('') },
    ...(metrics
      ? [
          {
            fact: 'usage' as const,
            in: metrics.input_token_count ?? null,
            out: metrics.output_token_count ?? null,
            reasoning: null,
          },
        ]
      : []),
    ...stateFacts(status),
  ]
}

/** It waits a minute, and then answers with what there is. */
const stateFacts = (status: string): Facts => {
  switch (status) {
    case 'succeeded':
      return [{ fact: 'finish', finish: 'stop' }, { fact: 'end' }]
    case 'starting':
      return [{ fact: 'error', signal: 'model_not_ready' }]
    case 'processing':
      return [{ fact: 'error', signal: 'upstream_timeout' }]
    case 'failed':
    case 'canceled':
    case 'aborted':
      return [{ fact: 'error', signal: 'upstream_error' }]
    default:
      return []
  }
}

export const replicate = {
  name: 'replicate',
  goal: 'answer',
  speaks: true,
  ask,
  framing: () => body,
  read,
  finishCloses: () => false,
} satisfies Dialect<'replicate'>
