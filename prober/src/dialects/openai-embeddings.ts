import { z } from 'zod'
import { body } from '../framing/body.ts'
import type { Frame } from '../framing/frame.ts'
import type { Answer, Asked, Dialect, Fact } from './dialect.ts'
import { inputUsage, textToEmbed, vectorFacts } from './embedding.ts'
import { errorSignal } from './error-words.ts'
import { count, listOf, text } from './fields.ts'
import { jsonAsk } from './json-ask.ts'
import { openFrame } from './open-frame.ts'

/** OpenAI's embeddings, and everybody who says to offer the same: some count only a total, which is the same there. */

const Vectors = z.object({
  model: text,
  data: listOf(z.object({ embedding: z.unknown().optional() })),
  usage: z.object({ prompt_tokens: count, total_tokens: count }).nullish().catch(null),
})

const read = (frame: Frame, answer: Answer): readonly Fact<'openai-embeddings'>[] => {
  const opened = openFrame(frame, answer, errorSignal)
  if (opened.facts !== null) return opened.facts
  const found = Vectors.safeParse(opened.value)
  if (found.data?.data == null) return [{ fact: 'unreadable' }]
  const { model, data, usage } = found.data
  return [
    ...(model ? [{ fact: 'model' as const, model }] : []),
    ...inputUsage(usage?.prompt_tokens ?? usage?.total_tokens),
    ...vectorFacts(data[0]?.embedding),
  ]
}

const inputOf = ({ quirks }: Asked, text: string) => (quirks.embeddings_input === 'list' ? [text] : text)

export const openaiEmbeddings = {
  name: 'openai-embeddings',
  goal: 'answer',
  speaks: false,
  owesValue: true,
  ask: asked => jsonAsk(asked, question => ({ model: question.model, input: inputOf(asked, textToEmbed(question)) })),
  framing: () => body,
  read,
  finishCloses: () => false,
} satisfies Dialect<'openai-embeddings'>
