import { z } from 'zod'
import { body } from '../framing/body.ts'
import { eventStream } from '../framing/event-stream.ts'
import type { Frame } from '../framing/frame.ts'
import { sniffing } from '../framing/sniff.ts'
import { awsSignal } from './aws-words.ts'
import type { Answer, Ask, Asked, Dialect, Fact, Finish } from './dialect.ts'
import { count, listOf, text } from './fields.ts'
import { jsonAsk } from './json-ask.ts'
import { openFrame } from './open-frame.ts'
import { systemOf, turnsOf } from './turns.ts'

/**
 * Bedrock's Converse: one form for all models. The model, and whether it streams, stand in the path. The last event of a
 * stream has the counts; before it stands the reason to stop, and who ends there has said all.
 */

type Facts = readonly Fact<'bedrock'>[]

const streamType = 'application/vnd.amazon.eventstream'

const ask = (asked: Asked): Ask =>
  jsonAsk(
    asked,
    question => {
      const system = systemOf(question)
      return {
        messages: turnsOf(question).map(({ role, content }) => ({ role, content: [{ text: content }] })),
        ...(system === null ? {} : { system: [{ text: system }] }),
        inferenceConfig: { maxTokens: question.maxTokens },
      }
    },
    streamType,
  )

const Thought = z.object({ text, redactedContent: text }).nullish().catch(null)
const Delta = z.object({
  text,
  reasoningContent: Thought,
  toolUse: z.object({ input: text }).nullish().catch(null),
})
const Usage = z.object({ inputTokens: count, outputTokens: count }).nullish().catch(null)
const Event = z.object({ delta: Delta.nullish().catch(null), stopReason: text, usage: Usage })

const Block = z.object({
  text,
  reasoningContent: z.object({ reasoningText: Thought }).nullish().catch(null),
  toolUse: z.unknown().optional(),
})
const Whole = z.object({
  output: z.object({ message: z.object({ content: listOf(Block) }) }),
  stopReason: text,
  usage: Usage,
})
/** What answers 200 where a path leads nowhere. */
const Stray = z.object({ Output: z.object({ __type: z.string() }) })

const read = (frame: Frame, answer: Answer): Facts => {
  const [, errorType] = /^(?:exception|error) (.*)$/s.exec(frame.event ?? '') ?? []
  const opened =
    errorType === undefined
      ? openFrame(frame, answer, awsSignal)
      : openFrame({ ...frame, event: 'error' }, { ...answer, errorType }, awsSignal)
  if (opened.facts !== null) return opened.facts
  return frame.kind === 'body' ? wholeFacts(opened.value) : eventFacts(frame.event, opened.value)
}

/** Events newer than this carry no facts. */
const eventFacts = (name: string | null, value: unknown): Facts => {
  const event = Event.safeParse(value).data
  switch (name) {
    case 'contentBlockDelta':
      return deltaFacts(event?.delta)
    case 'messageStop':
      return finishFacts(event?.stopReason)
    case 'metadata':
      return [...usageFacts(event?.usage), { fact: 'end' }]
    default:
      return []
  }
}

/** A signature of a thought is none, and an empty text is no token. */
const deltaFacts = (delta: z.infer<typeof Delta> | null | undefined): Facts => [
  ...(delta?.reasoningContent?.text || delta?.toolUse?.input ? [{ fact: 'token' as const }] : []),
  ...(delta?.text ? [{ fact: 'text' as const, text: delta.text }] : []),
]

const wholeFacts = (value: unknown): Facts => {
  if (Stray.safeParse(value).success) return [{ fact: 'error', signal: 'unknown_operation' }]
  const whole = Whole.safeParse(value).data
  if (whole?.output.message.content == null) return [{ fact: 'unreadable' }]
  return [
    ...whole.output.message.content.flatMap(blockFacts),
    ...finishFacts(whole.stopReason),
    ...usageFacts(whole.usage),
    { fact: 'end' },
  ]
}

const blockFacts = (block: z.infer<typeof Block> | null): Facts => [
  ...(block?.reasoningContent?.reasoningText?.text || block?.toolUse ? [{ fact: 'token' as const }] : []),
  ...(block?.text ? [{ fact: 'text' as const, text: block.text }] : []),
]

const usageFacts = (usage: z.infer<typeof Usage>): Facts =>
  usage ? [{ fact: 'usage', in: usage.inputTokens ?? null, out: usage.outputTokens ?? null, reasoning: null }] : []

const finishes: ReadonlyMap<string, Finish> = new Map([
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool'],
  ['guardrail_intervened', 'filter'],
  ['content_filtered', 'filter'],
])
const failures: ReadonlySet<string> = new Set(['malformed_model_output', 'malformed_tool_use'])

const finishFacts = (reason: string | null | undefined): Facts => {
  if (!reason) return []
  if (failures.has(reason)) return [{ fact: 'error', signal: 'model_error' }]
  return [{ fact: 'finish', finish: finishes.get(reason) ?? 'stop' }]
}

/** A length of less than 16 MiB begins with a zero, and no text does. */
const isNoFrame = (firstByte: number): boolean => firstByte !== 0

export const bedrock = {
  name: 'bedrock',
  goal: 'answer',
  speaks: true,
  ask,
  framing: ({ status, asked }) =>
    asked.question?.stream === true && status < 300 ? sniffing(eventStream, isNoFrame) : body,
  read,
  finishCloses: () => true,
} satisfies Dialect<'bedrock'>
