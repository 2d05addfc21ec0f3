import { z } from 'zod'
import { body } from '../framing/body.ts'
import type { Frame } from '../framing/frame.ts'
import { ndjson } from '../framing/ndjson.ts'
import { sniffing } from '../framing/sniff.ts'
import { cohereSignal } from './cohere-words.ts'
import type { Answer, Ask, Asked, Dialect, Fact, Finish } from './dialect.ts'
import { errorBody } from './error-body.ts'
import { count, listOf, text } from './fields.ts'
import { jsonAsk } from './json-ask.ts'
import { openFrame } from './open-frame.ts'
import { systemOf, turnsOf } from './turns.ts'

/** Cohere v1 chat, which is still served: a line of JSON for each event, and the last one repeats the whole answer. */

type Facts = readonly Fact<'cohere-v1'>[]

/** The last turn stands apart from those before it. */
const ask = (asked: Asked): Ask =>
  jsonAsk(
    asked,
    question => {
      const system = systemOf(question)
      const turns = turnsOf(question)
      return {
        model: question.model,
        message: turns.at(-1)?.content ?? '',
        ...(turns.length < 2 ? {} : { chat_history: turns.slice(0, -1).map(saidBefore) }),
        ...(system === null ? {} : { preamble: system }),
        max_tokens: question.maxTokens,
        stream: question.stream,
      }
    },
    'application/stream+json',
  )

const saidBefore = ({ role, content }: { readonly role: string; readonly content: string }) => ({
  role: role === 'assistant' ? 'CHATBOT' : 'USER',
  message: content,
})

/** There are two pairs of counts, as in v2, and this is the one of the model. */
const Meta = z.object({ tokens: z.object({ input_tokens: count, output_tokens: count }).nullish().catch(null) })
const Whole = z.object({
  text,
  finish_reason: text,
  meta: Meta.nullish().catch(null),
  error: z.unknown().optional(),
  tool_calls: listOf(z.unknown()),
})
const Line = Whole.extend({ event_type: text, response: Whole.nullish().catch(null) })

const read = (frame: Frame, answer: Answer): Facts => {
  const opened = openFrame(frame, answer, cohereSignal)
  if (opened.facts !== null) return opened.facts
  const line = Line.safeParse(opened.value)
  if (frame.kind === 'event') return line.success ? lineFacts(line.data) : []
  const isAnswer = line.success && (line.data.text != null || line.data.finish_reason != null)
  return isAnswer ? [...textFacts(line.data), ...endFacts(line.data)] : [{ fact: 'unreadable' }]
}

const lineFacts = (line: z.infer<typeof Line>): Facts => {
  switch (line.event_type) {
    case 'text-generation':
      return textFacts(line)
    case 'tool-calls-chunk':
    case 'tool-calls-generation':
      return [{ fact: 'token' }]
    case 'stream-end':
      return endFacts({ ...line, meta: line.response?.meta ?? line.meta })
    default:
      return []
  }
}

const textFacts = ({ text: said, tool_calls: calls }: z.infer<typeof Whole>): Facts => [
  ...(calls && calls.length > 0 ? [{ fact: 'token' as const }] : []),
  ...(said ? [{ fact: 'text' as const, text: said }] : []),
]

const finishes: ReadonlyMap<string, Finish> = new Map([
  ['MAX_TOKENS', 'length'],
  ['ERROR_LIMIT', 'length'],
  ['ERROR_TOXIC', 'filter'],
  ['TOOL_CALL', 'tool'],
])

/** Its own failures stand where the reason to finish belongs, inside a 200. */
const endFacts = ({ finish_reason: reason, meta, error }: z.infer<typeof Whole>): Facts => {
  if (reason === 'TIMEOUT') return [{ fact: 'error', signal: 'upstream_timeout' }]
  if (reason === 'ERROR') return [{ fact: 'error', signal: failure(error) }]
  const { tokens } = meta ?? {}
  return [
    ...(tokens
      ? [
          {
            fact: 'usage' as const,
            in: tokens.input_tokens ?? null,
            out: tokens.output_tokens ?? null,
            reasoning: null,
          },
        ]
      : []),
    { fact: 'finish', finish: finishes.get(reason ?? '') ?? 'stop' },
    { fact: 'end' },
  ]
}

const failure = (error: unknown) => {
  const said = errorBody(error, true)
  return (said === null ? null : cohereSignal(said, 200)) ?? 'error_body'
}

const brace = '{'.charCodeAt(0)

export const cohereV1 = {
  name: 'cohere-v1',
  goal: 'answer',
  speaks: true,
  ask,
  framing: ({ status, asked }) =>
    asked.question?.stream === true && status < 300 ? sniffing(ndjson, firstByte => firstByte !== brace) : body,
  read,
  finishCloses: () => false,
} satisfies Dialect<'cohere-v1'>
