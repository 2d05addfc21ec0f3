import { z } from 'zod'
import { countTokens, type Said } from '../speech/speak.ts'
import type { Dialect, ErrorForm, Intent, RequiredError } from './dialect.ts'
import { edgeErrors } from './edge.ts'
import { reading } from './read-body.ts'

const Body = z.looseObject({
  input: z.looseObject({ prompt: z.string().min(1), max_tokens: z.int().min(1).optional() }),
})

/** A prediction that is waited for: never a stream, whoever asks. */
const read = (model: string, { input }: z.infer<typeof Body>): Intent => ({
  kind: 'chat',
  ask: {
    model,
    prompt: input.prompt,
    promptTokens: countTokens(input.prompt),
    maxTokens: input.max_tokens ?? null,
    stream: false,
    usageInStream: false,
  },
})

const whole = (said: Said) => ({
  id: said.id,
  model: said.model,
  version: 'hidden',
  output: said.tokens,
  error: null,
  logs: '',
  metrics: { input_token_count: said.usage.in, output_token_count: said.usage.out, predict_time: 0.2 },
  urls: { stream: 'https://stream.replicate.invalid/v1/files/simulated' },
  status: 'succeeded',
})

const form = (status: number, title: string, detail: string): ErrorForm => ({ status, body: { title, detail, status } })

const errors = {
  no_key: form(401, 'Unauthenticated', 'You did not pass an authentication token'),
  wrong_key: form(401, 'Unauthenticated', 'You did not pass a valid authentication token'),
  billing: form(402, 'Insufficient credit', 'You have insufficient credit to run this model.'),
  unknown_model: form(404, 'Not found', 'The requested resource could not be found.'),
  not_found: form(404, 'Not found', 'The requested resource could not be found.'),
  bad_request: form(422, 'Input validation failed', '- input: prompt is required'),
  rate_limited: form(429, 'Too many requests', 'Request was throttled. Expected available in 1 second.'),
  server_error: form(500, 'Internal server error', 'Something went wrong.'),
  failed: { status: 201, body: { id: 'simulated', status: 'failed', output: null, error: 'CUDA out of memory' } },
  cold: { status: 201, body: { id: 'simulated', status: 'starting', output: null, error: null } },
  too_slow: { status: 201, body: { id: 'simulated', status: 'processing', output: null, error: null } },
} as const satisfies Record<RequiredError, ErrorForm> & Record<string, ErrorForm>

export const replicate = {
  name: 'replicate',
  auth: { header: 'authorization', scheme: 'bearer' },
  streamType: 'application/json',
  headers: {},
  routes: [
    { method: 'GET', path: '/account', read: () => ({ kind: 'listing' }) },
    {
      method: 'POST',
      path: '/models/{owner}/{name}/predictions',
      read: ({ body, params }) => reading(Body, each => read(`${params.owner}/${params.name}`, each))(body),
    },
  ],
  listing: models => ({ type: 'organization', username: 'simulated', models }),
  whole,
  // nobody is given a stream, so this is what one answer in one piece would be
  frames: said => [{ part: 'done', text: JSON.stringify(whole(said)) }],
  errors: { ...errors, ...edgeErrors },
  plainError: (status, message) => ({ title: message, detail: message, status }),
  errorFrames: () => JSON.stringify(errors.failed.body),
} as const satisfies Dialect
