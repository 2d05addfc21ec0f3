import { z } from 'zod'
import { body } from '../framing/body.ts'
import type { Frame } from '../framing/frame.ts'
import { sniffing } from '../framing/sniff.ts'
import { sse } from '../framing/sse.ts'
import type { Question } from '../probe.ts'
import type { Answer, Ask, Asked, Dialect, Fact, Finish } from './dialect.ts'
import { errorSignal } from './error-words.ts'
import { count, listOf, text } from './fields.ts'
import { jsonAsk } from './json-ask.ts'
import { type Opened, openFrame, type SignalFor } from './open-frame.ts'
import { systemOf, turnsOf } from './turns.ts'

/** Anthropic messages: named events, each block of the answer opened, filled and closed, and message_stop at the end. */

type Facts = readonly Exclude<Fact, { readonly fact: 'error' }>[]

const ask = (asked: Asked): Ask => jsonAsk(asked, question => ({ model: question.model, ...messageBody(question) }))

/** All but the model, which stands in the path elsewhere. */
export const messageBody = (question: Question): Readonly<Record<string, unknown>> => {
  const system = systemOf(question)
  return {
    max_tokens: question.maxTokens,
    stream: question.stream,
    ...(system === null ? {} : { system }),
    messages: turnsOf(question),
  }
}

const Usage = z.object({ input_tokens: count, output_tokens: count }).nullish().catch(null)
/** A whole block, the beginning of one, or a piece of one: what is generated stands under the same names. */
const Block = z.object({ text, thinking: text, partial_json: text, stop_reason: text })
const Message = z.object({ model: text, content: listOf(Block), stop_reason: text, usage: Usage })
const Event = Message.extend({
  type: text,
  message: Message.nullish().catch(null),
  content_block: Block.nullish().catch(null),
  delta: Block.nullish().catch(null),
})

/** The errors of who relays it may be written in other words. */
export const readMessages =
  <S extends string>(signalFor: SignalFor<S>) =>
  (frame: Frame, answer: Answer): Facts | NonNullable<Opened<S>['facts']> => {
    const opened = openFrame(frame, answer, signalFor)
    if (opened.facts !== null) return opened.facts
    const event = Event.safeParse(opened.value)
    if (frame.kind === 'body') return wholeFacts(event.data)
    return event.success ? eventFacts(event.data, frame.event) : []
  }

type Event = z.infer<typeof Event>

const wholeFacts = (message: Event | undefined): Facts =>
  message?.content == null
    ? [{ fact: 'unreadable' }]
    : [
        ...modelFacts(message.model),
        ...message.content.flatMap(blockFacts),
        ...finishFacts(message.stop_reason),
        ...usageFacts(message.usage),
        { fact: 'end' },
      ]

/** Pings, and events newer than this, carry no facts. */
const eventFacts = (event: Event, name: string | null): Facts => {
  switch (event.type ?? name) {
    case 'message_start':
      // its count of output is a placeholder; the one that holds comes with the reason to stop
      return [...modelFacts(event.message?.model), ...usageFacts({ input_tokens: event.message?.usage?.input_tokens })]
    case 'content_block_start':
      return blockFacts(event.content_block)
    case 'content_block_delta':
      return blockFacts(event.delta)
    case 'message_delta':
      return [...finishFacts(event.delta?.stop_reason), ...usageFacts(event.usage)]
    case 'message_stop':
      return [{ fact: 'end' }]
    default:
      return []
  }
}

const modelFacts = (model: string | null | undefined): Facts => (model ? [{ fact: 'model', model }] : [])

/** A redacted thought and a signature are not said by their length, and are no token. */
const blockFacts = (block: z.infer<typeof Block> | null | undefined): Facts => [
  ...(block?.thinking || block?.partial_json ? [{ fact: 'token' as const }] : []),
  ...(block?.text ? [{ fact: 'text' as const, text: block.text }] : []),
]

/** Counts are cumulative: the last one holds, and nothing is added up. */
const usageFacts = (usage: Partial<NonNullable<z.infer<typeof Usage>>> | null | undefined): Facts =>
  usage ? [{ fact: 'usage', in: usage.input_tokens ?? null, out: usage.output_tokens ?? null, reasoning: null }] : []

const finishes: ReadonlyMap<string, Finish> = new Map([
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool'],
  ['refusal', 'filter'],
])
const finishFacts = (reason: string | null | undefined): Facts =>
  reason ? [{ fact: 'finish', finish: finishes.get(reason) ?? 'stop' }] : []

export const anthropic = {
  name: 'anthropic',
  goal: 'answer',
  speaks: true,
  ask,
  framing: ({ status, asked }) => (asked.question?.stream === true && status < 300 ? sniffing(sse) : body),
  read: readMessages(errorSignal),
  finishCloses: () => false,
} satisfies Dialect<'anthropic'>
