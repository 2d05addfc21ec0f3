import { z } from 'zod'
import { body } from '../framing/body.ts'
import type { Frame } from '../framing/frame.ts'
import { ndjson } from '../framing/ndjson.ts'
import { sniffing } from '../framing/sniff.ts'
import type { Answer, Ask, Asked, Dialect, Fact, Finish } from './dialect.ts'
import { count, listOf, text } from './fields.ts'
import { jsonAsk } from './json-ask.ts'
import { ollamaSignal } from './ollama-words.ts'
import { openFrame } from './open-frame.ts'
import { messagesOf } from './turns.ts'

/** Ollama's own chat: a line of JSON for each piece, and the last one says that it is done. */

type Facts = readonly Fact<'ollama'>[]

/** It streams unless it is told not to. */
const ask = (asked: Asked): Ask =>
  jsonAsk(
    asked,
    question => ({
      model: question.model,
      messages: messagesOf(question),
      stream: question.stream,
      options: { num_predict: question.maxTokens },
    }),
    'application/x-ndjson',
  )

const Message = z.object({ content: text, thinking: text, tool_calls: listOf(z.unknown()) })
const Line = z.object({
  model: text,
  message: Message.nullish().catch(null),
  done: z.boolean().nullish().catch(null),
  done_reason: text,
  prompt_eval_count: count,
  eval_count: count,
})
type Line = z.infer<typeof Line>

const read = (frame: Frame, answer: Answer): Facts => {
  const opened = openFrame(frame, answer, ollamaSignal)
  if (opened.facts !== null) return opened.facts
  const line = Line.safeParse(opened.value)
  if (frame.kind === 'event') return line.success ? lineFacts(line.data) : []
  return line.success && line.data.message ? lineFacts({ ...line.data, done: true }) : [{ fact: 'unreadable' }]
}

const lineFacts = (line: Line): Facts => [
  ...(line.model ? [{ fact: 'model' as const, model: line.model }] : []),
  ...messageFacts(line.message),
  ...(line.done === true ? doneFacts(line) : []),
]

const messageFacts = (message: Line['message']): Facts => {
  const hidden = message?.thinking || (message?.tool_calls?.length ?? 0) > 0
  return [
    ...(hidden ? [{ fact: 'token' as const }] : []),
    ...(message?.content ? [{ fact: 'text' as const, text: message.content }] : []),
  ]
}

/** Loading a model, or letting go of it, answers nothing. */
const finishes: ReadonlyMap<string, Finish> = new Map([
  ['length', 'length'],
  ['load', 'none'],
  ['unload', 'none'],
])

const doneFacts = ({ done_reason: reason, prompt_eval_count: taken, eval_count: given }: Line): Facts => [
  { fact: 'finish', finish: finishes.get(reason ?? '') ?? 'stop' },
  { fact: 'usage', in: taken ?? null, out: given ?? null, reasoning: null },
  { fact: 'end' },
]

const brace = '{'.charCodeAt(0)

export const ollama = {
  name: 'ollama',
  goal: 'answer',
  speaks: true,
  ask,
  framing: ({ status, asked }) =>
    asked.question?.stream === true && status < 300 ? sniffing(ndjson, firstByte => firstByte !== brace) : body,
  read,
  finishCloses: () => false,
} satisfies Dialect<'ollama'>
