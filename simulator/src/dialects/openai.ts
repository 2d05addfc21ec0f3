import { z } from 'zod'
import { countTokens, reasoningOf, type Said, textOf } from '../speech/speak.ts'
import type { Dialect, EmbedAsk, ErrorForm, Frame, Intent, Quirks } from './dialect.ts'
import { edgeErrors } from './edge.ts'
import { sse } from './framing.ts'
import { openaiErrors } from './openai-errors.ts'
import { Content, reading, textOfContent } from './read-body.ts'

const Limit = z.int().min(1).nullish()

const ChatBody = z.looseObject({
  model: z.string().min(1),
  messages: z.array(z.looseObject({ role: z.string(), content: Content })).min(1),
  stream: z.boolean().nullish(),
  max_tokens: Limit,
  max_completion_tokens: Limit,
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
})

const EmbeddingsBody = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(z.string()).min(1)]),
})

const readChat = (body: z.infer<typeof ChatBody>): Intent => ({
  kind: 'chat',
  ask: {
    model: body.model,
    prompt: textOfContent(body.messages.findLast(message => message.role === 'user')?.content ?? ''),
    promptTokens: body.messages.reduce((sum, message) => sum + 3 + countTokens(textOfContent(message.content)), 3),
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? null,
    stream: body.stream === true,
    usageInStream: body.stream_options?.include_usage === true,
    ...(typeof body.max_tokens === 'number' && { hiddenRefuses: 'unsupported_max_tokens' }),
  },
})

const usageOf = ({ usage }: Said) => ({
  prompt_tokens: usage.in,
  completion_tokens: usage.out,
  total_tokens: usage.in + usage.out,
  completion_tokens_details: { reasoning_tokens: usage.reasoning },
})

/** A fixed moment: the same seed gives the same bytes. */
const created = 1_790_000_000

const whole = (said: Said, quirks: Quirks): unknown => ({
  id: said.id,
  object: 'chat.completion',
  created,
  model: said.model,
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: textOf(said),
        ...(said.reasoning.length > 0 && { [quirks.reasoningField ?? 'reasoning_content']: reasoningOf(said) }),
      },
      finish_reason: said.finish,
    },
  ],
  usage: usageOf(said),
})

const frames = (said: Said, quirks: Quirks): readonly Frame[] => {
  const about = { id: said.id, object: 'chat.completion.chunk', created, model: said.model }
  const event = (data: object, n = 0) =>
    sse({ ...about, ...data, ...(quirks.obfuscation && { obfuscation: 'x7Qd9LmZ'.slice(0, 1 + (n % 8)) }) })
  const delta = (content: object, n = 0) => event({ choices: [{ index: 0, delta: content, finish_reason: null }] }, n)
  const reasoningField = quirks.reasoningField ?? 'reasoning_content'
  return [
    ...opening(quirks).map(text => ({ part: 'open', text }) as const),
    { part: 'open', text: delta({ role: 'assistant', content: '' }) },
    ...said.reasoning.map(
      (token, n) => ({ part: 'token', text: delta({ content: null, [reasoningField]: token }, n) }) as const,
    ),
    ...said.tokens.map((token, n) => ({ part: 'token', text: delta({ content: token }, n) }) as const),
    ...closing(said, quirks).map(chunk => ({ part: 'close', text: event(chunk) }) as const),
    ...(quirks.done === false ? [] : [{ part: 'done', text: sse('[DONE]') } as const]),
  ]
}

const opening = (quirks: Quirks): readonly string[] => [
  ...(quirks.comment === undefined ? [] : [`: ${quirks.comment}\n\n`, `: ${quirks.comment}\n\n`]),
  ...(quirks.opening === 'filter'
    ? [sse({ choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: [{ prompt_index: 0 }] })]
    : []),
]

/** Where the tokens are counted: in a chunk of their own when asked, in the last one, in Groq's own field, or nowhere. */
const closing = (said: Said, { usage = 'asked' }: Quirks): readonly object[] => {
  const last = { choices: [{ index: 0, delta: {}, finish_reason: said.finish }] }
  switch (usage) {
    case 'always':
      return [{ ...last, usage: usageOf(said) }]
    case 'x_groq':
      return [{ ...last, x_groq: { id: said.id, usage: usageOf(said) } }]
    case 'never':
      return [last]
    case 'asked':
      return said.usageInStream ? [last, { choices: [], usage: usageOf(said) }] : [last]
  }
}

const embeddings = ({ model }: EmbedAsk, vectors: readonly (readonly number[])[]): unknown => ({
  object: 'list',
  data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
  model,
  usage: { prompt_tokens: vectors.length * 4, total_tokens: vectors.length * 4 },
})

const errorFrames = (error: ErrorForm, { streamError = 'data' }: Quirks): string => {
  switch (streamError) {
    case 'data':
      return sse(error.body)
    case 'data_done':
      return sse(error.body) + sse('[DONE]')
    case 'event':
      return sse(
        { error: { message: 'The server had an error.', type: 'server_error', status_code: error.status } },
        'error',
      )
    case 'field':
      return `error: ${JSON.stringify(error.body)}\n\n`
    case 'finish':
      return sse({
        id: 'gen-1',
        error: { code: error.status, message: 'Provider returned error' },
        choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }],
      })
  }
}

export const openai = {
  name: 'openai',
  auth: { header: 'authorization', scheme: 'bearer' },
  streamType: 'text/event-stream; charset=utf-8',
  headers: {
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-remaining-requests': '9999',
    'x-ratelimit-reset-requests': '6ms',
    'x-ratelimit-limit-tokens': '200000',
    'x-ratelimit-remaining-tokens': '199964',
    'x-ratelimit-reset-tokens': '10ms',
  },
  routes: [
    { method: 'GET', path: '/models', read: () => ({ kind: 'listing' }) },
    { method: 'POST', path: '/chat/completions', read: ({ body }) => reading(ChatBody, readChat)(body) },
    {
      method: 'POST',
      path: '/embeddings',
      read: ({ body }) =>
        reading(EmbeddingsBody, ({ model, input }) => ({ kind: 'embeddings', ask: { model, inputs: [input].flat() } }))(
          body,
        ),
    },
  ],
  listing: models => ({
    object: 'list',
    data: models.map(id => ({ id, object: 'model', created, owned_by: 'simulator' })),
  }),
  whole,
  frames,
  embeddings,
  errors: { ...openaiErrors, ...edgeErrors },
  plainError: (status, message) => ({
    error: { message, type: status >= 500 ? 'server_error' : 'invalid_request_error', param: null, code: null },
  }),
  errorFrames,
} as const satisfies Dialect
