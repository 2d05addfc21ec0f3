import { z } from 'zod'
import { body } from '../framing/body.ts'
import type { Frame } from '../framing/frame.ts'
import { sniffing } from '../framing/sniff.ts'
import { sse } from '../framing/sse.ts'
import { cohereSignal } from './cohere-words.ts'
import type { Answer, Ask, Asked, Dialect, Fact, Finish } from './dialect.ts'
import { errorBody } from './error-body.ts'
import { count, text } from './fields.ts'
import { jsonAsk } from './json-ask.ts'
import { openFrame } from './open-frame.ts'
import { messagesOf } from './turns.ts'

/**
 * Cohere v2 chat. An event is read by what it holds, and by nothing that came before it: a delta before its start, or
 * after the end of its message, is still said. [DONE] closes a stream; where it is missing, the reason to finish does.
 */

type Facts = readonly Fact<'cohere'>[]

const ask = (asked: Asked): Ask =>
  jsonAsk(asked, question => ({
    model: question.model,
    messages: messagesOf(question),
    max_tokens: question.maxTokens,
    stream: question.stream,
  }))

const Content = z.object({ text, thinking: text })
const Call = z.object({ function: z.object({ arguments: text }).nullish().catch(null) })
/** A stream has one content and one call in a piece, a whole answer has lists of them. */
const Message = z.object({
  content: z
    .union([z.array(Content.nullable().catch(null)), Content])
    .nullish()
    .catch(null),
  tool_plan: text,
  tool_calls: z
    .union([z.array(Call.nullable().catch(null)), Call])
    .nullish()
    .catch(null),
})
/** There are two pairs of counts; the billed one is the smaller, and is never taken in place of this one. */
const Usage = z.object({ tokens: z.object({ input_tokens: count, output_tokens: count }).nullish().catch(null) })
const End = z.object({ finish_reason: text, usage: Usage.nullish().catch(null), error: z.unknown().optional() })
const Delta = End.extend({ message: Message.nullish().catch(null) })
const Event = Delta.extend({ type: text, delta: Delta.nullish().catch(null) })

const read = (frame: Frame, answer: Answer): Facts => {
  if (frame.kind === 'event' && frame.data.trim() === '[DONE]') return [{ fact: 'end' }]
  const opened = openFrame(frame, answer, cohereSignal)
  if (opened.facts !== null) return opened.facts
  const event = Event.safeParse(opened.value)
  if (frame.kind === 'event') return event.success ? deltaFacts(event.data.delta) : []
  return event.success && event.data.message ? [...deltaFacts(event.data), { fact: 'end' }] : [{ fact: 'unreadable' }]
}

const deltaFacts = (delta: z.infer<typeof Delta> | null | undefined): Facts =>
  delta ? [...messageFacts(delta.message), ...usageFacts(delta.usage), ...finishFacts(delta)] : []

const messageFacts = (message: z.infer<typeof Message> | null | undefined): Facts => {
  if (!message) return []
  const contents = [message.content ?? []].flat()
  const calls = [message.tool_calls ?? []].flat()
  const hidden = message.tool_plan || calls.some(call => call?.function?.arguments)
  return [...(hidden ? [{ fact: 'token' as const }] : []), ...contents.flatMap(contentFacts)]
}

const contentFacts = (content: z.infer<typeof Content> | null): Facts => [
  ...(content?.thinking ? [{ fact: 'token' as const }] : []),
  ...(content?.text ? [{ fact: 'text' as const, text: content.text }] : []),
]

const usageFacts = (usage: z.infer<typeof Usage> | null | undefined): Facts =>
  usage?.tokens
    ? [
        {
          fact: 'usage',
          in: usage.tokens.input_tokens ?? null,
          out: usage.tokens.output_tokens ?? null,
          reasoning: null,
        },
      ]
    : []

const finishes: ReadonlyMap<string, Finish> = new Map([
  ['MAX_TOKENS', 'length'],
  ['ERROR_LIMIT', 'length'],
  ['TOOL_CALL', 'tool'],
  ['ERROR_TOXIC', 'filter'],
])

/** Its own failures stand where the reason to finish belongs, inside a 200. */
const finishFacts = ({ finish_reason: reason, error }: z.infer<typeof Delta>): Facts => {
  if (!reason) return []
  if (reason === 'TIMEOUT') return [{ fact: 'error', signal: 'upstream_timeout' }]
  if (reason === 'ERROR') return [{ fact: 'error', signal: failure(error) }]
  return [{ fact: 'finish', finish: finishes.get(reason) ?? 'stop' }]
}

const failure = (error: unknown) => {
  const said = errorBody(error, true)
  return (said === null ? null : cohereSignal(said, 200)) ?? 'error_body'
}

export const cohere = {
  name: 'cohere',
  goal: 'answer',
  speaks: true,
  ask,
  framing: ({ status, asked }) => (asked.question?.stream === true && status < 300 ? sniffing(sse) : body),
  read,
  finishCloses: () => true,
} satisfies Dialect<'cohere'>
