import { z } from 'zod'
import { countTokens, type Said, textOf } from '../speech/speak.ts'
import type { Dialect, ErrorForm, Intent, RequiredError } from './dialect.ts'
import { edgeErrors } from './edge.ts'
import { sse } from './framing.ts'
import { reading } from './read-body.ts'

const Body = z.looseObject({
  text_input: z.string().min(1),
  parameters: z.looseObject({ max_tokens: z.int().min(1).optional() }).optional(),
})

/** The path says which model, and whether it streams. */
const read = (model: string, how: 'stream' | 'whole', body: z.infer<typeof Body>): Intent => ({
  kind: 'chat',
  ask: {
    model,
    prompt: body.text_input,
    promptTokens: countTokens(body.text_input),
    maxTokens: body.parameters?.max_tokens ?? null,
    stream: how === 'stream',
    usageInStream: false,
  },
})

const about = ({ model }: Said) => ({ model_name: model, model_version: '1' })
const form = (status: number, error: string): ErrorForm => ({ status, body: { error } })

const errors = {
  no_key: form(401, 'unauthorized'),
  wrong_key: form(401, 'unauthorized'),
  unknown_model: form(400, "Request for unknown model: 'm' is not found"),
  not_found: form(404, 'not found'),
  bad_request: form(400, "failed to parse the request JSON buffer: 'text_input' is missing"),
  server_error: form(500, 'inference failed'),
  not_ready: form(503, 'model is not ready'),
} as const satisfies Record<RequiredError, ErrorForm> & Record<string, ErrorForm>

export const triton = {
  name: 'triton',
  auth: null,
  streamType: 'text/event-stream; charset=utf-8',
  headers: {},
  routes: [
    { method: 'GET', path: '/v2/health/ready', open: true, read: () => ({ kind: 'listing' }) },
    {
      method: 'POST',
      path: '/v2/models/{model}/generate_stream',
      read: ({ body, params }) => reading(Body, each => read(params.model ?? '', 'stream', each))(body),
    },
    {
      method: 'POST',
      path: '/v2/models/{model}/generate',
      read: ({ body, params }) => reading(Body, each => read(params.model ?? '', 'whole', each))(body),
    },
  ],
  listing: models => ({ models }),
  whole: said => ({ ...about(said), text_output: textOf(said) }),
  // it has no closing sign: the last piece is empty, and says nothing
  frames: said => [
    ...said.tokens.map(text => ({ part: 'token', text: sse({ ...about(said), text_output: text }) }) as const),
    { part: 'close', text: sse({ ...about(said), text_output: '' }) },
  ],
  errors: { ...errors, ...edgeErrors },
  plainError: (_status, message) => ({ error: message }),
  errorFrames: error => sse(error.body),
} as const satisfies Dialect
