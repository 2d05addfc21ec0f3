import { z } from 'zod'
import { countTokens, reasoningOf, type Said, textOf } from '../speech/speak.ts'
import type { Dialect, ErrorForm, Frame, Intent, RequiredError } from './dialect.ts'
import { edgeErrors } from './edge.ts'
import { sse } from './framing.ts'
import { Content, reading, textOfContent } from './read-body.ts'

const ChatBody = z.looseObject({
  model: z.string().min(1),
  messages: z.array(z.looseObject({ role: z.string(), content: Content })).min(1),
  stream: z.boolean().optional(),
  max_tokens: z.int().min(1).optional(),
})
const EmbedBody = z.looseObject({ model: z.string().min(1), texts: z.array(z.string()).min(1), input_type: z.string() })

const readChat = (body: z.infer<typeof ChatBody>): Intent => ({
  kind: 'chat',
  ask: {
    model: body.model,
    prompt: textOfContent(body.messages.findLast(message => message.role === 'user')?.content ?? ''),
    promptTokens: body.messages.reduce((sum, message) => sum + countTokens(textOfContent(message.content)), 0),
    maxTokens: body.max_tokens ?? null,
    stream: body.stream === true,
    usageInStream: true,
  },
})

const finishOf = ({ finish }: Said): string => (finish === 'stop' ? 'COMPLETE' : 'MAX_TOKENS')

/** Two pairs of counts; what is billed is less than what went through the model. */
const usageOf = ({ usage }: Said) => ({
  billed_units: { input_tokens: usage.in, output_tokens: usage.out },
  tokens: { input_tokens: usage.in + 60, output_tokens: usage.out + 2 },
})

const whole = (said: Said): unknown => ({
  id: said.id,
  message: {
    role: 'assistant',
    content: [
      ...(said.reasoning.length > 0 ? [{ type: 'thinking', thinking: reasoningOf(said) }] : []),
      { type: 'text', text: textOf(said) },
    ],
  },
  finish_reason: finishOf(said),
  usage: usageOf(said),
})

const event = (type: string, data: object): string => sse({ type, ...data }, type)
const content = (type: string, index: number, inside: object): string =>
  event(type, { index, delta: { message: { content: inside } } })

/** One block of thoughts or of text: opened, said, closed. The last one closes the answer. */
const block = (kind: 'thinking' | 'text', index: number, tokens: readonly string[]): readonly Frame[] => [
  { part: 'open', text: content('content-start', index, { type: kind, [kind]: '' }) },
  ...tokens.map(token => ({ part: 'token', text: content('content-delta', index, { [kind]: token }) }) as const),
  { part: kind === 'text' ? 'close' : 'open', text: event('content-end', { index }) },
]

const frames = (said: Said): readonly Frame[] => {
  const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }
  return [
    { part: 'open', text: event('message-start', { id: said.id, delta: { message } }) },
    ...(said.reasoning.length > 0 ? block('thinking', 0, said.reasoning) : []),
    ...block('text', said.reasoning.length > 0 ? 1 : 0, said.tokens),
    { part: 'close', text: event('message-end', { delta: { finish_reason: finishOf(said), usage: usageOf(said) } }) },
    { part: 'done', text: sse('[DONE]') },
  ]
}

const form = (status: number, message: string): ErrorForm => ({ status, body: { id: 'simulated', message } })

const errors = {
  wrong_key: form(401, 'invalid api token'),
  no_key: form(401, 'no api key supplied'),
  bad_request: form(400, 'invalid request: all elements in messages must have content.'),
  too_many_tokens: form(400, 'too many tokens: the total number of tokens cannot exceed 128000.'),
  billing: form(402, 'Please add or update your payment method at the billing page to continue.'),
  unknown_model: form(404, "model 'm' was removed on September 15, 2025."),
  not_found: form(404, 'endpoint not found'),
  too_large: form(413, 'request too large'),
  unprocessable: form(422, 'invalid type: parameter messages is of type string but should be of type array.'),
  rate_limited: form(429, 'Too many requests: you have exceeded your requests per minute limit.'),
  trial_limit: form(429, 'You are using a Trial key, which is limited to 1000 API calls / month.'),
  cancelled: form(499, 'request cancelled'),
  server_error: form(500, 'internal server error'),
  unavailable: form(503, 'service unavailable'),
  timeout: form(504, 'gateway timeout'),
} as const satisfies Record<RequiredError, ErrorForm> & Record<string, ErrorForm>

export const cohere = {
  name: 'cohere',
  auth: { header: 'authorization', scheme: 'bearer' },
  streamType: 'text/event-stream',
  headers: {},
  routes: [
    { method: 'GET', path: '/v1/models', read: () => ({ kind: 'listing' }) },
    { method: 'POST', path: '/v2/chat', read: ({ body }) => reading(ChatBody, readChat)(body) },
    {
      method: 'POST',
      path: '/v2/embed',
      read: ({ body }) =>
        reading(EmbedBody, ({ model, texts }) => ({ kind: 'embeddings', ask: { model, inputs: texts } }))(body),
    },
  ],
  listing: models => ({ models: models.map(name => ({ name, endpoints: ['chat'], finetuned: false })) }),
  whole,
  frames,
  embeddings: ({ inputs }, vectors) => ({
    id: 'simulated',
    embeddings: { float: vectors },
    texts: inputs,
    meta: { billed_units: { input_tokens: inputs.length * 4 } },
    response_type: 'embeddings_by_type',
  }),
  errors: { ...errors, ...edgeErrors },
  plainError: (_status, message) => ({ id: 'simulated', message }),
  errorFrames: () => event('message-end', { delta: { finish_reason: 'ERROR', error: 'internal server error' } }),
} as const satisfies Dialect
