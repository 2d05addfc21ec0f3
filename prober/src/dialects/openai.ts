import { z } from 'zod'
import { body } from '../framing/body.ts'
import type { Frame } from '../framing/frame.ts'
import { sniffing } from '../framing/sniff.ts'
import { sse } from '../framing/sse.ts'
import type { Answer, Ask, Asked, Dialect, Fact, Finish } from './dialect.ts'
import { type ErrorSignal, errorSignal } from './error-words.ts'
import { count, text } from './fields.ts'
import { jsonAsk } from './json-ask.ts'
import { openFrame, type SignalFor } from './open-frame.ts'
import { messagesOf } from './turns.ts'

/** OpenAI chat completions, and everybody who says to speak the same. */

type Facts = readonly Fact<'openai'>[]

const ask = (asked: Asked): Ask =>
  jsonAsk(asked, question => ({
    model: question.model,
    messages: messagesOf(question),
    [asked.quirks.max_tokens_field ?? 'max_tokens']: question.maxTokens,
    stream: question.stream,
    ...(question.stream && asked.quirks.stream_usage !== false ? { stream_options: { include_usage: true } } : {}),
  }))

const Part = z.object({ type: text, text }).catch({ type: null, text: null })
const Delta = z.object({
  content: z
    .union([z.string(), z.array(Part)])
    .nullish()
    .catch(null),
  reasoning_content: text,
  reasoning: text,
  refusal: text,
  tool_calls: z
    .array(z.object({ function: z.object({ arguments: text }).nullish().catch(null) }).catch({}))
    .nullish()
    .catch(null),
})
const Usage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  completion_tokens_details: z.object({ reasoning_tokens: count }).nullish().catch(null),
})
const Chunk = z.object({
  model: text,
  choices: z
    .array(
      z.object({
        /** A stream says `delta`, a whole answer `message`. */
        delta: Delta.nullish().catch(null),
        message: Delta.nullish().catch(null),
        finish_reason: text,
      }),
    )
    .nullish(),
  usage: Usage.nullish().catch(null),
  x_groq: z.object({ usage: Usage.nullish() }).nullish().catch(null),
})
type Chunk = z.infer<typeof Chunk>

const read = (frame: Frame, answer: Answer): Facts => readChunks(frame, answer, errorSignal)

/** With the words that errors are written in. */
export const readChunks = (frame: Frame, answer: Answer, signalFor: SignalFor<ErrorSignal>): Facts => {
  if (frame.kind === 'event' && frame.data.trim() === '[DONE]') return [{ fact: 'end' }]
  const opened = openFrame(frame, answer, signalFor)
  if (opened.facts !== null) return opened.facts
  const chunk = Chunk.safeParse(opened.value)
  const isAnswer = chunk.success && (Array.isArray(chunk.data.choices) || chunk.data.usage != null)
  if (!isAnswer) return frame.kind === 'body' ? [{ fact: 'unreadable' }] : []
  return [...chunkFacts(chunk.data), ...(frame.kind === 'body' ? [{ fact: 'end' as const }] : [])]
}

const chunkFacts = (chunk: Chunk): Facts => {
  const facts: Fact<'openai'>[] = []
  if (chunk.model) facts.push({ fact: 'model', model: chunk.model })
  for (const choice of chunk.choices ?? []) {
    facts.push(...deltaFacts(choice.delta ?? choice.message))
    if (choice.finish_reason) facts.push(finishFact(choice.finish_reason.toLowerCase()))
  }
  const usage = chunk.usage ?? chunk.x_groq?.usage
  if (usage) facts.push(usageFact(usage))
  return facts
}

const deltaFacts = (delta: z.infer<typeof Delta> | null | undefined): Facts => {
  if (!delta) return []
  const facts: Fact<'openai'>[] = []
  const hidden = delta.reasoning_content || delta.reasoning || delta.tool_calls?.some(call => call.function?.arguments)
  if (hidden) facts.push({ fact: 'token' })
  if (delta.refusal) facts.push({ fact: 'token' }, { fact: 'finish', finish: 'filter' })
  if (typeof delta.content === 'string') facts.push({ fact: 'text', text: delta.content })
  if (Array.isArray(delta.content)) facts.push(...delta.content.map(partFact))
  return facts
}

/** Mistral's reasoning models send content in parts; one that is not text is thinking. */
const partFact = (part: z.infer<typeof Part>): Fact<'openai'> =>
  part.type === 'text' || part.type == null ? { fact: 'text', text: part.text ?? '' } : { fact: 'token' }

const usageFact = (usage: z.infer<typeof Usage>): Fact<'openai'> => ({
  fact: 'usage',
  in: usage.prompt_tokens ?? null,
  out: usage.completion_tokens ?? null,
  reasoning: usage.completion_tokens_details?.reasoning_tokens ?? null,
})

const finishes: Readonly<Record<string, Finish>> = {
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  content_filter: 'filter',
  sensitive: 'filter',
  tool_calls: 'tool',
  function_call: 'tool',
}
/** Some put their own failure where the reason to finish belongs. */
const failures: Readonly<Record<string, 'upstream_error' | 'overloaded'>> = {
  error: 'upstream_error',
  network_error: 'upstream_error',
  abort: 'upstream_error',
  insufficient_system_resource: 'overloaded',
}
const finishFact = (reason: string): Fact<'openai'> => {
  const failure = Object.hasOwn(failures, reason) ? failures[reason] : undefined
  if (failure !== undefined) return { fact: 'error', signal: failure }
  return { fact: 'finish', finish: (Object.hasOwn(finishes, reason) ? finishes[reason] : undefined) ?? 'stop' }
}

export const openai = {
  name: 'openai',
  goal: 'answer',
  speaks: true,
  ask,
  framing: ({ status, asked }) => (asked.question?.stream === true && status < 300 ? sniffing(sse) : body),
  read,
  finishCloses: ({ quirks }) => quirks.done_sentinel === false,
} satisfies Dialect<'openai'>
