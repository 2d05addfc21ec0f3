import { z } from 'zod'
import { body } from '../framing/body.ts'
import type { Frame } from '../framing/frame.ts'
import { sniffing } from '../framing/sniff.ts'
import { sse } from '../framing/sse.ts'
import type { Answer, Ask, Asked, Dialect, Fact } from './dialect.ts'
import { errorSignal } from './error-words.ts'
import { text } from './fields.ts'
import { jsonAsk } from './json-ask.ts'
import { openFrame } from './open-frame.ts'
import { promptOf, systemOf } from './turns.ts'

/**
 * Triton's generate extension: text in, text out. It says neither that it is done nor why, and counts nothing: an
 * orderly end of the body is all the sign there is, so an answer that stops half-way in good order is taken for whole.
 */

type Facts = readonly Fact<'triton'>[]

/** The model stands in the path. What a back end does not know of the parameters, it leaves alone. */
const ask = (asked: Asked): Ask =>
  jsonAsk(asked, question => ({
    text_input: [systemOf(question) ?? [], promptOf(question)].flat().join('\n\n'),
    parameters: { max_tokens: question.maxTokens, stream: question.stream },
  }))

const Output = z.object({ model_name: text, text_output: z.string() })

const read = (frame: Frame, answer: Answer): Facts => {
  const opened = openFrame(frame, answer, errorSignal)
  if (opened.facts !== null) return opened.facts
  const found = Output.safeParse(opened.value)
  if (!found.success) return frame.kind === 'body' ? [{ fact: 'unreadable' }] : []
  const { model_name: model, text_output: said } = found.data
  return [
    ...(model ? [{ fact: 'model' as const, model }] : []),
    { fact: 'text', text: said },
    { fact: 'finish', finish: 'stop' },
    ...(frame.kind === 'body' ? [{ fact: 'end' as const }] : []),
  ]
}

export const triton = {
  name: 'triton',
  goal: 'answer',
  speaks: true,
  ask,
  framing: ({ status, asked }) => (asked.question?.stream === true && status < 300 ? sniffing(sse) : body),
  read,
  finishCloses: () => true,
} satisfies Dialect<'triton'>
