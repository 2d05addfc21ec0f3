import { z } from 'zod'
import { body } from '../framing/body.ts'
import type { Frame } from '../framing/frame.ts'
import type { Answer, Dialect, Fact } from './dialect.ts'
import { inputUsage, textToEmbed, vectorFacts } from './embedding.ts'
import { count } from './fields.ts'
import { headroomFacts } from './gemini-quota.ts'
import { geminiSignal } from './gemini-words.ts'
import { jsonAsk } from './json-ask.ts'
import { openFrame } from './open-frame.ts'

/** Gemini's embedContent; the model stands in the path. */

const Vector = z.object({
  embedding: z.object({ values: z.unknown().optional() }),
  usageMetadata: z.object({ promptTokenCount: count }).nullish().catch(null),
})

const read = (frame: Frame, answer: Answer): readonly Fact<'gemini-embeddings'>[] => {
  const opened = openFrame(frame, answer, geminiSignal)
  if (opened.facts !== null) return [...headroomFacts(frame), ...opened.facts]
  const found = Vector.safeParse(opened.value)
  if (!found.success) return [{ fact: 'unreadable' }]
  const { embedding, usageMetadata } = found.data
  return [...inputUsage(usageMetadata?.promptTokenCount), ...vectorFacts(embedding.values)]
}

export const geminiEmbeddings = {
  name: 'gemini-embeddings',
  goal: 'answer',
  speaks: false,
  owesValue: true,
  ask: asked => jsonAsk(asked, question => ({ content: { parts: [{ text: textToEmbed(question) }] } })),
  framing: () => body,
  read,
  finishCloses: () => false,
} satisfies Dialect<'gemini-embeddings'>
