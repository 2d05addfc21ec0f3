import { z } from 'zod'
import { body } from '../framing/body.ts'
import type { Frame } from '../framing/frame.ts'
import type { Answer, Dialect, Fact } from './dialect.ts'
import { inputUsage, textToEmbed, vectorFacts } from './embedding.ts'
import { count, text } from './fields.ts'
import { jsonAsk } from './json-ask.ts'
import { ollamaSignal } from './ollama-words.ts'
import { openFrame } from './open-frame.ts'

/** Ollama's /api/embed. */

const Vectors = z.object({ model: text, embeddings: z.array(z.unknown()), prompt_eval_count: count })

const read = (frame: Frame, answer: Answer): readonly Fact<'ollama-embeddings'>[] => {
  const opened = openFrame(frame, answer, ollamaSignal)
  if (opened.facts !== null) return opened.facts
  const found = Vectors.safeParse(opened.value)
  if (!found.success) return [{ fact: 'unreadable' }]
  const { model, embeddings, prompt_eval_count: tokens } = found.data
  return [...(model ? [{ fact: 'model' as const, model }] : []), ...inputUsage(tokens), ...vectorFacts(embeddings[0])]
}

export const ollamaEmbeddings = {
  name: 'ollama-embeddings',
  goal: 'answer',
  speaks: false,
  owesValue: true,
  ask: asked => jsonAsk(asked, question => ({ model: question.model, input: textToEmbed(question) })),
  framing: () => body,
  read,
  finishCloses: () => false,
} satisfies Dialect<'ollama-embeddings'>
