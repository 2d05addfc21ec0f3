import { z } from 'zod'
import { body } from '../framing/body.ts'
import type { Frame } from '../framing/frame.ts'
import { sniffing } from '../framing/sniff.ts'
import { sse } from '../framing/sse.ts'
import type { Answer, Ask, Asked, Dialect, Fact, Finish } from './dialect.ts'
import { count, listOf, text } from './fields.ts'
import { headroomFacts } from './gemini-quota.ts'
import { geminiSignal } from './gemini-words.ts'
import { jsonAsk } from './json-ask.ts'
import { openFrame } from './open-frame.ts'
import { systemOf, turnsOf } from './turns.ts'

/**
 * Gemini's generateContent: every event is a response of its own, and the last one has the reason to finish; no other
 * sign closes a stream. Whether it streams is said by the path, which is the provider file's.
 */

type Facts = readonly Fact<'gemini'>[]

const ask = (asked: Asked): Ask =>
  jsonAsk(asked, question => {
    const system = systemOf(question)
    return {
      ...(system === null ? {} : { systemInstruction: { parts: [{ text: system }] } }),
      contents: turnsOf(question).map(({ role, content }) => ({
        role: role === 'assistant' ? 'model' : 'user',
        parts: [{ text: content }],
      })),
      generationConfig: { maxOutputTokens: question.maxTokens },
    }
  })

const Part = z.object({ text, thought: z.boolean().nullish().catch(null), functionCall: z.unknown().optional() })
const Candidate = z.object({
  content: z
    .object({ parts: listOf(Part) })
    .nullish()
    .catch(null),
  finishReason: text,
})
const Usage = z.object({ promptTokenCount: count, candidatesTokenCount: count, thoughtsTokenCount: count })
const Response = z.object({
  candidates: listOf(Candidate),
  promptFeedback: z.object({ blockReason: text }).nullish().catch(null),
  usageMetadata: Usage.nullish().catch(null),
  modelVersion: text,
})
type Response = z.infer<typeof Response>

const read = (frame: Frame, answer: Answer): Facts => {
  const opened = openFrame(frame, answer, geminiSignal)
  if (opened.facts !== null) return [...headroomFacts(frame), ...opened.facts]
  const response = Response.safeParse(opened.value)
  const isAnswer =
    response.success && (response.data.candidates ?? response.data.promptFeedback ?? response.data.usageMetadata)
  if (!isAnswer) return frame.kind === 'body' ? [{ fact: 'unreadable' }] : []
  return [...responseFacts(response.data), ...(frame.kind === 'body' ? [{ fact: 'end' as const }] : [])]
}

const responseFacts = ({ candidates, promptFeedback, usageMetadata, modelVersion }: Response): Facts => {
  const [candidate] = candidates ?? []
  return [
    ...(modelVersion ? [{ fact: 'model' as const, model: modelVersion }] : []),
    ...(candidate?.content?.parts ?? []).flatMap(partFacts),
    // a blocked prompt has no candidates at all
    ...(promptFeedback?.blockReason ? [{ fact: 'finish' as const, finish: 'filter' as const }] : []),
    ...finishFacts(candidate?.finishReason),
    ...(usageMetadata ? [usageFact(usageMetadata)] : []),
  ]
}

const partFacts = (part: z.infer<typeof Part> | null): Facts => {
  if (part?.functionCall) return [{ fact: 'token' }]
  if (!part?.text) return []
  return part.thought === true ? [{ fact: 'token' }] : [{ fact: 'text', text: part.text }]
}

/** Thoughts are counted apart from what is visible here, and are part of the output everywhere else; both are billed. */
const usageFact = (usage: z.infer<typeof Usage>): Fact<'gemini'> => {
  const { candidatesTokenCount: visible = null, thoughtsTokenCount: reasoning = null } = usage
  const out = visible === null && reasoning === null ? null : (visible ?? 0) + (reasoning ?? 0)
  return { fact: 'usage', in: usage.promptTokenCount ?? null, out, reasoning }
}

const filters = [
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'IMAGE_SAFETY',
  'MODEL_ARMOR',
]
const finishes: ReadonlyMap<string, Finish> = new Map([
  ['FINISH_REASON_UNSPECIFIED', 'none'],
  ['MAX_TOKENS', 'length'],
  ...filters.map(reason => [reason, 'filter'] as const),
])
const finishFacts = (reason: string | null | undefined): Facts =>
  reason ? [{ fact: 'finish', finish: finishes.get(reason) ?? 'stop' }] : []

export const gemini = {
  name: 'gemini',
  goal: 'answer',
  speaks: true,
  ask,
  framing: ({ status, asked }) => (asked.question?.stream === true && status < 300 ? sniffing(sse) : body),
  read,
  finishCloses: () => true,
} satisfies Dialect<'gemini'>
