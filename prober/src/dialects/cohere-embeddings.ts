import { z } from 'zod'
import { body } from '../framing/body.ts'
import type { Frame } from '../framing/frame.ts'
import { cohereSignal } from './cohere-words.ts'
import type { Answer, Dialect, Fact } from './dialect.ts'
import { inputUsage, textToEmbed, vectorFacts } from './embedding.ts'
import { count, listOf } from './fields.ts'
import { jsonAsk } from './json-ask.ts'
import { openFrame } from './open-frame.ts'

/** Cohere v2 embed. Unlike a chat it reports one count only, the billed one. */

const Vectors = z.object({
  embeddings: z.object({ float: listOf(z.unknown()) }),
  meta: z
    .object({ billed_units: z.object({ input_tokens: count }).nullish().catch(null) })
    .nullish()
    .catch(null),
})

const read = (frame: Frame, answer: Answer): readonly Fact<'cohere-embeddings'>[] => {
  const opened = openFrame(frame, answer, cohereSignal)
  if (opened.facts !== null) return opened.facts
  const found = Vectors.safeParse(opened.value)
  if (!found.success) return [{ fact: 'unreadable' }]
  const { embeddings, meta } = found.data
  return [...inputUsage(meta?.billed_units?.input_tokens), ...vectorFacts(embeddings.float?.[0])]
}

export const cohereEmbeddings = {
  name: 'cohere-embeddings',
  goal: 'answer',
  speaks: false,
  owesValue: true,
  ask: asked =>
    jsonAsk(asked, question => ({
      model: question.model,
      texts: [textToEmbed(question)],
      input_type: 'search_document',
      embedding_types: ['float'],
    })),
  framing: () => body,
  read,
  finishCloses: () => false,
} satisfies Dialect<'cohere-embeddings'>
