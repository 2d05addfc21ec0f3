import { z } from 'zod'
import { countTokens, reasoningOf, type Said, textOf } from '../speech/speak.ts'
import type { Dialect, ErrorForm, Frame, Intent } from './dialect.ts'
import { edgeErrors } from './edge.ts'
import { sse } from './framing.ts'
import { openaiErrors } from './openai-errors.ts'
import { Content, reading, textOfContent } from './read-body.ts'

const Body = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string().min(1), z.array(z.looseObject({ role: z.string(), content: Content })).min(1)]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  max_output_tokens: z.int().min(16).nullish(),
})

const read = (body: z.infer<typeof Body>): Intent => {
  const turns = typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : body.input
  return {
    kind: 'chat',
    ask: {
      model: body.model,
      prompt: textOfContent(turns.findLast(({ role }) => role === 'user')?.content ?? ''),
      promptTokens: turns.reduce((sum, { content }) => sum + countTokens(textOfContent(content)), 0),
      maxTokens: body.max_output_tokens ?? null,
      stream: body.stream === true,
      usageInStream: true,
    },
  }
}

const responseOf = (said: Said, status: 'in_progress' | 'completed' | 'incomplete', output: readonly object[]) => ({
  id: said.id,
  object: 'response',
  created_at: 1_790_000_000,
  status,
  error: null,
  incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
  model: said.model,
  output,
  usage:
    status === 'in_progress'
      ? null
      : {
          input_tokens: said.usage.in,
          output_tokens: said.usage.out,
          output_tokens_details: { reasoning_tokens: said.usage.reasoning },
          total_tokens: said.usage.in + said.usage.out,
        },
})

const outputOf = (said: Said): readonly object[] => [
  ...(said.reasoning.length > 0
    ? [{ type: 'reasoning', summary: [{ type: 'summary_text', text: reasoningOf(said) }] }]
    : []),
  { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: textOf(said), annotations: [] }] },
]

const ended = (said: Said) =>
  responseOf(said, said.finish === 'stop' ? 'completed' : 'incomplete', said.tokens.length > 0 ? outputOf(said) : [])

const event = (type: string, data: object): string => sse({ type, ...data }, type)
const at = { output_index: 0, content_index: 0 }

/** What was said comes in pieces, once more when its part is done, and once more in the whole at the end. */
const frames = (said: Said): readonly Frame[] => {
  const last = ended(said)
  return [
    { part: 'open', text: event('response.created', { response: responseOf(said, 'in_progress', []) }) },
    { part: 'open', text: event('response.in_progress', { response: responseOf(said, 'in_progress', []) }) },
    { part: 'open', text: event('response.output_item.added', { output_index: 0, item: { type: 'message' } }) },
    ...said.reasoning.map(
      delta => ({ part: 'token', text: event('response.reasoning_summary_text.delta', { ...at, delta }) }) as const,
    ),
    ...said.tokens.map(
      delta => ({ part: 'token', text: event('response.output_text.delta', { ...at, delta }) }) as const,
    ),
    { part: 'close', text: event('response.output_text.done', { ...at, text: textOf(said) }) },
    { part: 'done', text: event(`response.${last.status}`, { response: last }) },
  ]
}

const errorOf = ({ body }: ErrorForm): object =>
  typeof body === 'object' && body !== null && 'error' in body ? (body.error as object) : { message: String(body) }

export const openaiResponses = {
  name: 'openai-responses',
  auth: { header: 'authorization', scheme: 'bearer' },
  streamType: 'text/event-stream; charset=utf-8',
  headers: {},
  routes: [
    { method: 'GET', path: '/models', read: () => ({ kind: 'listing' }) },
    { method: 'POST', path: '/responses', read: ({ body }) => reading(Body, read)(body) },
  ],
  listing: models => ({ object: 'list', data: models.map(id => ({ id, object: 'model' })) }),
  whole: said => ended(said),
  frames,
  // a strange model is a 400 here, where a chat says 404
  errors: { ...openaiErrors, unknown_model: { ...openaiErrors.unknown_model, status: 400 }, ...edgeErrors },
  plainError: (_status, message) => ({ error: { message, type: 'server_error', param: null, code: null } }),
  errorFrames: error =>
    event('error', { error: errorOf(error), sequence_number: 2 }) +
    event('response.failed', { response: { object: 'response', status: 'failed', error: errorOf(error) } }),
} as const satisfies Dialect
