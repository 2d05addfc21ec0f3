import { z } from 'zod'
import { body } from '../framing/body.ts'
import type { Frame } from '../framing/frame.ts'
import { sniffing } from '../framing/sniff.ts'
import { sse } from '../framing/sse.ts'
import type { Answer, Ask, Asked, Dialect, Fact, Finish } from './dialect.ts'
import { errorBody } from './error-body.ts'
import { errorSignal } from './error-words.ts'
import { count, listOf, text } from './fields.ts'
import { jsonAsk } from './json-ask.ts'
import { openFrame } from './open-frame.ts'
import { systemOf, turnsOf } from './turns.ts'

/**
 * OpenAI responses: named events, and one of three at the end: completed, incomplete or failed. There is no [DONE]. A
 * stream can begin with 200 and then say that there is no quota.
 */

type Facts = readonly Fact<'openai-responses'>[]

/** It refuses a smaller limit. */
const leastTokens = 16

/** `store: false`: nothing of a probe is kept there. */
const ask = (asked: Asked): Ask =>
  jsonAsk(asked, question => {
    const system = systemOf(question)
    return {
      model: question.model,
      ...(system === null ? {} : { instructions: system }),
      input: turnsOf(question),
      max_output_tokens: Math.max(leastTokens, question.maxTokens),
      stream: question.stream,
      store: false,
    }
  })

const Part = z.object({ type: text, text, refusal: text })
const Item = z.object({ type: text, content: listOf(Part), summary: listOf(Part), arguments: text })
const Whole = z.object({
  model: text,
  status: text,
  error: z.unknown().optional(),
  incomplete_details: z.object({ reason: text }).nullish().catch(null),
  output: listOf(Item),
  usage: z
    .object({
      input_tokens: count,
      output_tokens: count,
      output_tokens_details: z.object({ reasoning_tokens: count }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
})
type Whole = Partial<z.infer<typeof Whole>>
const Event = z.object({ type: text, delta: text, response: Whole.nullish().catch(null) })

const read = (frame: Frame, answer: Answer): Facts => {
  const opened = openFrame(frame, answer, errorSignal)
  if (opened.facts !== null) return opened.facts
  if (frame.kind === 'event') return eventFacts(Event.safeParse(opened.value).data, frame.event)
  const whole = Whole.safeParse(opened.value)
  if (!whole.success || whole.data.output == null) return [{ fact: 'unreadable' }]
  return [...whole.data.output.flatMap(item => (item === null ? [] : itemFacts(item))), ...endFacts(whole.data)]
}

const ends: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete'])

/** What was said comes in deltas, and stands once more in the events that close a part: it is read once. */
const eventFacts = (event: z.infer<typeof Event> | undefined, name: string | null): Facts => {
  const type = event?.type ?? name ?? ''
  if (event === undefined) return []
  if (type === 'response.failed') return endFacts({ ...event.response, status: 'failed' })
  if (ends.has(type)) return endFacts(event.response ?? {})
  if (!type.endsWith('.delta')) return modelFacts(event.response?.model)
  if (!event.delta) return []
  if (type === 'response.output_text.delta') return [{ fact: 'text', text: event.delta }]
  return type === 'response.refusal.delta' ? refused : [{ fact: 'token' }]
}

const refused: Facts = [{ fact: 'token' }, { fact: 'finish', finish: 'filter' }]

const itemFacts = ({ content, summary, arguments: called }: z.infer<typeof Item>): Facts => [
  ...(called || summary?.some(part => part?.text) ? [{ fact: 'token' as const }] : []),
  ...(content ?? []).flatMap((part): Facts => {
    if (part?.refusal) return refused
    return part?.text ? [part.type === 'reasoning_text' ? { fact: 'token' } : { fact: 'text', text: part.text }] : []
  }),
]

const modelFacts = (model: string | null | undefined): Facts => (model ? [{ fact: 'model', model }] : [])

const endFacts = (whole: Whole): Facts => {
  const { usage } = whole
  return [
    ...modelFacts(whole.model),
    ...(usage
      ? [
          {
            fact: 'usage' as const,
            in: usage.input_tokens ?? null,
            out: usage.output_tokens ?? null,
            reasoning: usage.output_tokens_details?.reasoning_tokens ?? null,
          },
        ]
      : []),
    ...(whole.status === 'failed' ? [failure(whole.error)] : [finishOf(whole)]),
    { fact: 'end' },
  ]
}

const failure = (error: unknown): Fact<'openai-responses'> => {
  const said = errorBody(error, true)
  return { fact: 'error', signal: (said === null ? null : errorSignal(said, 200)) ?? 'error_body' }
}

const finishes: ReadonlyMap<string, Finish> = new Map([
  ['max_output_tokens', 'length'],
  ['content_filter', 'filter'],
])

const finishOf = ({ incomplete_details: why, output }: Whole): Fact<'openai-responses'> => {
  const calls = (output ?? []).some(item => item?.type === 'function_call')
  const speaks = (output ?? []).some(item => item?.type === 'message')
  return { fact: 'finish', finish: finishes.get(why?.reason ?? '') ?? (calls && !speaks ? 'tool' : 'stop') }
}

export const openaiResponses = {
  name: 'openai-responses',
  goal: 'answer',
  speaks: true,
  ask,
  framing: ({ status, asked }) => (asked.question?.stream === true && status < 300 ? sniffing(sse) : body),
  read,
  finishCloses: () => false,
} satisfies Dialect<'openai-responses'>
