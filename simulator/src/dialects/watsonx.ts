import type { Dialect, ErrorForm, Incoming, Intent, RequiredError } from './dialect.ts'
import { edgeErrors } from './edge.ts'
import { openai } from './openai.ts'

/** watsonx.ai: chunks as OpenAI writes them, asked for by `model_id` and for a project, and no [DONE]. */

const form = (status: number, code: string, message: string): ErrorForm => ({
  status,
  body: { errors: [{ code, message }], trace: 'simulated', status_code: status },
})

const errors = {
  wrong_key: form(401, 'authentication_token_not_valid', 'Failed to authenticate the request due to invalid token.'),
  no_key: form(401, 'authentication_token_not_valid', 'Failed to authenticate the request due to a missing token.'),
  expired_token: form(401, 'authentication_token_expired', 'Failed to authenticate the request: it is expired.'),
  bad_request: form(400, 'invalid_input_argument', 'Invalid input argument for Model.'),
  token_quota: form(403, 'token_quota_reached', 'This request exceeds the tokens quota of the plan.'),
  unknown_model: form(404, 'model_not_supported', "Model 'm' is not supported for this environment."),
  not_found: form(404, 'not_found', 'The requested resource is not there.'),
  too_large: form(413, 'request_too_large', 'The request is too large.'),
  rate_limited: form(429, 'rate_limit_reached_requests', 'Rate limit reached for requests.'),
  server_error: form(500, 'downstream_request_failed', 'Downstream failed.'),
  unavailable: form(503, 'service_unavailable', 'The service is unavailable.'),
} as const satisfies Record<RequiredError, ErrorForm> & Record<string, ErrorForm>

const chat =
  (stream: boolean) =>
  ({ params, query, body }: Incoming): Intent => {
    const asked = openai.routes.find(({ path }) => path === '/chat/completions')
    const said = typeof body === 'object' && body !== null ? body : {}
    if (asked === undefined || !('model_id' in said) || !('project_id' in said))
      return { kind: 'refused', error: 'bad_request' }
    const { max_tokens: _same, ...rest } = said as { readonly max_tokens?: unknown }
    const limit = 'max_tokens' in said ? { max_completion_tokens: said.max_tokens } : {}
    return asked.read({ params, query, body: { ...rest, ...limit, model: said.model_id, stream } })
  }

export const watsonx = {
  ...openai,
  name: 'watsonx',
  headers: { 'x-global-transaction-id': 'simulated' },
  routes: [
    { method: 'GET', path: '/ml/v1/foundation_model_specs', read: () => ({ kind: 'listing' }) },
    { method: 'POST', path: '/ml/v1/text/chat_stream', read: chat(true) },
    { method: 'POST', path: '/ml/v1/text/chat', read: chat(false) },
  ],
  listing: models => ({ total_count: models.length, resources: models.map(model_id => ({ model_id })) }),
  errors: { ...errors, ...edgeErrors },
  plainError: (status, message) => ({ errors: [{ code: 'unknown', message }], status_code: status }),
  errorFrames: ({ body }) => `event: error\ndata: ${JSON.stringify(body)}\n\n`,
} as const satisfies Dialect
