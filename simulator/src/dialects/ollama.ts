import { z } from 'zod'
import { countTokens, reasoningOf, type Said, textOf } from '../speech/speak.ts'
import type { Dialect, ErrorForm, Frame, Intent, RequiredError } from './dialect.ts'
import { edgeErrors } from './edge.ts'
import { ndjson } from './framing.ts'
import { reading } from './read-body.ts'

const ChatBody = z.looseObject({
  model: z.string().min(1),
  messages: z.array(z.looseObject({ role: z.string(), content: z.string() })).min(1),
  stream: z.boolean().optional(),
  options: z.looseObject({ num_predict: z.int().optional() }).optional(),
})
const EmbedBody = z.looseObject({ model: z.string().min(1), input: z.union([z.string(), z.array(z.string()).min(1)]) })

/** It streams unless it is told not to, and a negative limit is none. */
const readChat = ({ model, messages, stream, options }: z.infer<typeof ChatBody>): Intent => {
  const limit = options?.num_predict ?? -1
  return {
    kind: 'chat',
    ask: {
      model,
      prompt: messages.findLast(message => message.role === 'user')?.content ?? '',
      promptTokens: messages.reduce((sum, message) => sum + countTokens(message.content), 0),
      maxTokens: limit > 0 ? limit : null,
      stream: stream !== false,
      usageInStream: true,
    },
  }
}

const created_at = '2026-01-01T00:00:00.000000000Z'
const line = (said: Said, message: object, more: object = { done: false }) => ({
  model: said.model,
  created_at,
  message: { role: 'assistant', content: '', ...message },
  ...more,
})

/** Durations are nanoseconds. */
const done = ({ finish, usage }: Said) => ({
  done: true,
  done_reason: finish,
  total_duration: usage.out * 15_000_000,
  load_duration: 1_000_000,
  prompt_eval_count: usage.in,
  prompt_eval_duration: 20_000_000,
  eval_count: usage.out,
  eval_duration: usage.out * 14_000_000,
})

const frames = (said: Said): readonly Frame[] => [
  ...said.reasoning.map(thinking => ({ part: 'token', text: ndjson(line(said, { thinking })) }) as const),
  ...said.tokens.map(content => ({ part: 'token', text: ndjson(line(said, { content })) }) as const),
  { part: 'done', text: ndjson(line(said, {}, done(said))) },
]

const form = (status: number, error: string): ErrorForm => ({ status, body: { error } })

const errors = {
  wrong_key: form(401, 'unauthorized'),
  no_key: form(401, 'unauthorized'),
  bad_request: form(400, 'missing request body'),
  unknown_model: form(404, "model 'm' not found"),
  not_found: { status: 404, body: '404 page not found', headers: { 'content-type': 'text/plain' } },
  too_large: form(413, 'http: request body too large'),
  cloud_plan: form(429, 'you have reached your hourly usage limit, please upgrade to continue'),
  server_error: form(500, 'llama runner process has terminated: exit status 2'),
  upstream: form(502, 'upstream error'),
  busy: form(503, 'server busy, please try again.  maximum pending requests exceeded'),
} as const satisfies Record<RequiredError, ErrorForm> & Record<string, ErrorForm>

export const ollama = {
  name: 'ollama',
  auth: null,
  streamType: 'application/x-ndjson',
  headers: {},
  routes: [
    { method: 'GET', path: '/', read: () => ({ kind: 'fixed', body: 'Ollama is running' }) },
    { method: 'GET', path: '/api/version', read: () => ({ kind: 'fixed', body: { version: '0.12.3' } }) },
    { method: 'GET', path: '/api/tags', read: () => ({ kind: 'listing' }) },
    { method: 'POST', path: '/api/chat', read: ({ body }) => reading(ChatBody, readChat)(body) },
    {
      method: 'POST',
      path: '/api/embed',
      read: ({ body }) =>
        reading(EmbedBody, ({ model, input }) => ({ kind: 'embeddings', ask: { model, inputs: [input].flat() } }))(
          body,
        ),
    },
  ],
  listing: models => ({
    models: models.map(name => ({
      name,
      model: name,
      modified_at: created_at,
      size: 1_000_000_000,
      details: { format: 'gguf' },
    })),
  }),
  whole: said =>
    line(
      said,
      { content: textOf(said), ...(said.reasoning.length > 0 && { thinking: reasoningOf(said) }) },
      done(said),
    ),
  frames,
  embeddings: ({ model, inputs }, embeddings) => ({
    model,
    embeddings,
    total_duration: 14_000_000,
    load_duration: 1_000_000,
    prompt_eval_count: inputs.length * 4,
  }),
  errors: { ...errors, ...edgeErrors },
  plainError: (_status, error) => ({ error }),
  errorFrames: ({ body }) => ndjson(body),
} as const satisfies Dialect
