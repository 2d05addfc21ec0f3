import { z } from 'zod'
import { countTokens, reasoningOf, type Said, textOf } from '../speech/speak.ts'
import { anthropicErrors } from './anthropic-errors.ts'
import type { Dialect, Frame, Intent } from './dialect.ts'
import { edgeErrors } from './edge.ts'
import { sse } from './framing.ts'
import { Content, reading, textOfContent } from './read-body.ts'

const MessagesBody = z.looseObject({
  model: z.string().min(1),
  max_tokens: z.int().min(1),
  system: Content.optional(),
  messages: z.array(z.looseObject({ role: z.string(), content: Content })).min(1),
  stream: z.boolean().optional(),
})

const readMessages = (body: z.infer<typeof MessagesBody>): Intent => {
  const texts = [body.system ?? '', ...body.messages.map(message => message.content)].map(textOfContent)
  return {
    kind: 'chat',
    ask: {
      model: body.model,
      prompt: textOfContent(body.messages.findLast(message => message.role === 'user')?.content ?? ''),
      promptTokens: texts.reduce((sum, text) => sum + 3 + countTokens(text), 0),
      maxTokens: body.max_tokens,
      stream: body.stream === true,
      usageInStream: true,
    },
  }
}

const stopReason = ({ finish }: Said): string => (finish === 'stop' ? 'end_turn' : 'max_tokens')

const whole = (said: Said): unknown => ({
  id: said.id,
  type: 'message',
  role: 'assistant',
  model: said.model,
  content: [
    ...(said.reasoning.length > 0 ? [{ type: 'thinking', thinking: reasoningOf(said), signature: 'c2lnbmVk' }] : []),
    { type: 'text', text: textOf(said) },
  ],
  stop_reason: stopReason(said),
  stop_sequence: null,
  usage: { input_tokens: said.usage.in, output_tokens: said.usage.out },
})

/** The event's name is the data's type. */
const event = (type: string, data: object = {}): string => sse({ type, ...data }, type)
const frame = (part: Frame['part'], text: string): Frame => ({ part, text })
const delta = (index: number, type: string, content: object): string =>
  event('content_block_delta', { index, delta: { type, ...content } })

const thinking = ({ reasoning }: Said): readonly Frame[] =>
  reasoning.length === 0
    ? []
    : [
        frame(
          'open',
          event('content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } }),
        ),
        ...reasoning.map(token => frame('token', delta(0, 'thinking_delta', { thinking: token }))),
        frame('open', delta(0, 'signature_delta', { signature: 'c2lnbmVk' })),
        frame('open', event('content_block_stop', { index: 0 })),
      ]

const frames = (said: Said): readonly Frame[] => {
  const index = said.reasoning.length > 0 ? 1 : 0
  const { id, model } = said
  // The count here is a placeholder; the one that holds is cumulative and comes with the stop reason.
  const usage = { input_tokens: said.usage.in, output_tokens: 1 }
  const message = {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  }
  return [
    frame('open', event('message_start', { message })),
    ...thinking(said),
    frame('open', event('content_block_start', { index, content_block: { type: 'text', text: '' } })),
    frame('open', event('ping')),
    ...said.tokens.map(token => frame('token', delta(index, 'text_delta', { text: token }))),
    frame('close', event('content_block_stop', { index })),
    frame(
      'close',
      event('message_delta', {
        delta: { stop_reason: stopReason(said), stop_sequence: null },
        usage: { output_tokens: said.usage.out },
      }),
    ),
    frame('done', event('message_stop')),
  ]
}

const reset = '2030-01-01T00:00:00Z'

export const anthropic = {
  name: 'anthropic',
  auth: { header: 'x-api-key', scheme: 'raw' },
  streamType: 'text/event-stream; charset=utf-8',
  headers: {
    'anthropic-ratelimit-requests-limit': '4000',
    'anthropic-ratelimit-requests-remaining': '3999',
    'anthropic-ratelimit-requests-reset': reset,
    'anthropic-ratelimit-tokens-limit': '480000',
    'anthropic-ratelimit-tokens-remaining': '479000',
    'anthropic-ratelimit-tokens-reset': reset,
    // On healthy answers too: it says nothing by itself.
    'retry-after': '30',
    'request-id': 'req_simulated',
  },
  routes: [
    { method: 'GET', path: '/models', read: () => ({ kind: 'listing' }) },
    { method: 'POST', path: '/messages', read: ({ body }) => reading(MessagesBody, readMessages)(body) },
  ],
  listing: models => ({
    data: models.map(id => ({ type: 'model', id, display_name: id, created_at: '2026-01-01T00:00:00Z' })),
    has_more: false,
    first_id: models[0] ?? null,
    last_id: models.at(-1) ?? null,
  }),
  whole,
  frames,
  errors: { ...anthropicErrors, ...edgeErrors },
  plainError: (status, message) => ({
    type: 'error',
    error: { type: status >= 500 ? 'api_error' : 'invalid_request_error', message },
  }),
  errorFrames: ({ body }) => sse(body, 'error'),
} as const satisfies Dialect
