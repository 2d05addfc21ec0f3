import type { ErrorForm } from '../dialects/dialect.ts'
import { error, type Forms, retry } from './error-forms.ts'
import { moreErrors } from './more-errors.ts'

const zai = (status: number, code: string, message: string) => error(status, { code, message })
const mistral = (status: number, type: string, code: string, message: string): ErrorForm => ({
  status,
  body: { object: 'error', message, type, param: null, code, raw_status_code: status },
})
const minimax = (status: number, type: string, message: string): ErrorForm => ({
  status,
  body: { type: 'error', error: { type, message, http_code: String(status) } },
})

/** Where a relative's errors differ from OpenAI's, above all the statuses that lie. */
export const relativesErrors: Readonly<Record<string, Forms>> = {
  ...moreErrors,
  azure_openai: {
    wrong_key: error(401, {
      code: '401',
      message: 'Access denied due to invalid subscription key or wrong API endpoint.',
    }),
    permission: error(401, {
      code: 'PermissionDenied',
      message: 'The principal lacks the required data action to perform POST operation.',
    }),
    no_deployment: error(404, {
      code: 'DeploymentNotFound',
      message: 'The API deployment for this resource does not exist.',
    }),
    rate_limited: retry(
      error(429, {
        code: 'RateLimitReached',
        message: 'Your requests have exceeded token rate limit of your current OpenAI S0 pricing tier.',
      }),
    ),
    high_demand: error(429, { code: '429', message: 'The service is experiencing high demand. Please retry later.' }),
    busy: error(503, {
      code: '503',
      message: 'The service is temporarily unable to process your request. Please try again later.',
    }),
    content_filter: error(400, {
      code: 'content_filter',
      message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
      innererror: { code: 'ResponsibleAIPolicyViolation' },
    }),
  },
  groq: {
    capacity_exceeded: error(498, {
      message: 'Flex tier capacity exceeded.',
      type: 'capacity_exceeded',
      code: 'capacity_exceeded',
    }),
  },
  mistral: {
    wrong_key: { status: 401, body: { detail: 'Invalid API Key' } },
    no_key: { status: 401, body: { detail: 'Unauthorized' } },
    unknown_model: mistral(400, 'invalid_model', '1500', 'Invalid model: m'),
    rate_limited: retry(mistral(429, 'rate_limited', '1300', 'Rate limit exceeded')),
    capacity: mistral(429, 'service_tier_capacity_exceeded', '3505', 'Service tier capacity exceeded for this model.'),
    capacity_503: mistral(
      503,
      'service_tier_capacity_exceeded',
      '3505',
      'Service tier capacity exceeded for this model.',
    ),
    plan: mistral(403, 'forbidden', '1700', 'This model is not available in your subscription tier.'),
  },
  deepseek: {
    no_balance: error(402, {
      message: 'Insufficient Balance',
      type: 'unknown_error',
      param: null,
      code: 'invalid_request_error',
    }),
    unknown_model: error(400, {
      message: 'Model Not Exist',
      type: 'invalid_request_error',
      param: null,
      code: 'invalid_request_error',
    }),
    wrong_key: {
      ...error(401, {
        message: 'Authentication Fails',
        type: 'authentication_error',
        param: null,
        code: 'invalid_request_error',
      }),
      headers: { 'content-type': 'application/octet-stream' },
    },
    overloaded: error(503, {
      message: 'Service is too busy.',
      type: 'service_unavailable_error',
      param: null,
      code: 'service_unavailable_error',
    }),
  },
  xai: {
    wrong_key: { status: 400, body: { code: 'invalid-argument', error: 'Incorrect API key provided: xa***ng.' } },
    unknown_model: { status: 400, body: { code: 'invalid-argument', error: 'The model m does not exist.' } },
    no_credits: { status: 403, body: { code: 'forbidden', error: 'Your team has used all available credits.' } },
  },
  perplexity: { wrong_key: error(401, { message: 'Invalid API key provided.', type: 'invalid_api_key', code: 401 }) },
  cerebras: {
    wrong_key: {
      status: 401,
      body: { message: 'Wrong API Key', type: 'invalid_request_error', param: 'api_key', code: 'wrong_api_key' },
    },
    no_key: { status: 403, body: 'Forbidden' },
    high_traffic: {
      status: 429,
      body: {
        message: "We're experiencing high traffic right now! Please try again soon.",
        type: 'too_many_requests_error',
        param: 'queue',
        code: 'queue_exceeded',
      },
    },
  },
  sambanova: {
    payment_required: {
      status: 402,
      body: { error_code: 'PAYMENT_METHOD_REQUIRED', message: 'Payment method required' },
    },
    high_demand: error(429, {
      message: 'The model is currently experiencing high demand.',
      type: 'rate_limit',
      code: null,
    }),
  },
  openrouter: {
    wrong_key: error(401, { message: 'No auth credentials found', code: 401 }),
    no_credits: error(402, { message: 'This request requires more credits.', code: 402 }),
    moderation: error(403, { message: 'Your input was flagged.', code: 403, metadata: { reasons: ['violence'] } }),
    upstream_429: error(429, {
      message: 'Provider returned error',
      code: 429,
      metadata: { provider_name: 'Upstream', raw: 'is temporarily rate-limited upstream' },
    }),
    upstream_502: error(502, {
      message: 'Provider returned error',
      code: 502,
      metadata: { provider_name: 'Upstream', raw: 'bad gateway' },
    }),
    no_provider: error(503, { message: 'No provider fits these requirements', code: 503 }),
  },
  moonshot: {
    wrong_key: error(401, { message: 'Incorrect API key provided', type: 'incorrect_api_key_error' }),
    unknown_model: error(404, {
      message: 'Not found the model m or Permission denied',
      type: 'resource_not_found_error',
    }),
    rate_limited: retry(
      error(429, { message: 'Your account request reached max organization RPM: 3', type: 'rate_limit_reached_error' }),
    ),
    engine_overloaded: error(429, {
      message: 'The engine is currently overloaded, please try again later',
      type: 'engine_overloaded_error',
    }),
    quota: error(429, { message: 'You exceeded your current token quota', type: 'exceeded_current_quota_error' }),
  },
  zai: {
    wrong_key: zai(401, '1001', 'Header is missing Authorization'),
    unknown_model: zai(400, '1211', 'Unknown model'),
    content: zai(400, '1301', 'The content may be unsafe or sensitive'),
    rate_limited: zai(429, '1302', 'High concurrency of your account'),
    plan_cap: zai(429, '1308', 'Usage limit reached for 5 hours'),
    no_balance: zai(429, '1113', 'Insufficient balance or no resource package'),
    busy: zai(429, '1305', 'The service is currently overloaded'),
    model_busy: zai(429, '1312', 'The model is busy'),
  },
  minimax: {
    wrong_key: minimax(401, 'authorized_error', 'login fail (1004)'),
    rate_limited: minimax(429, 'rate_limit_error', 'rate limit (1002)'),
    balance: minimax(500, 'api_error', 'insufficient balance (1008)'),
    balance_429: minimax(429, 'insufficient_balance_error', 'insufficient balance (1008)'),
  },
  vllm: {
    wrong_key: { status: 401, body: { error: 'Unauthorized' } },
    no_key: { status: 401, body: { error: 'Unauthorized' } },
    unknown_model: error(404, {
      message: 'The model `m` does not exist.',
      type: 'NotFoundError',
      param: 'model',
      code: 404,
    }),
    server_error: error(500, {
      message: 'EngineCore encountered an issue.',
      type: 'InternalServerError',
      param: null,
      code: 500,
    }),
    dead_engine: { status: 503, body: '', headers: { 'content-type': 'text/plain' } },
  },
  litellm: {
    mid_stream_fallback: error(503, {
      message: 'litellm.MidStreamFallbackError: upstream failed',
      type: null,
      param: null,
      code: '503',
    }),
    upstream_timeout: error(408, {
      message: 'litellm.Timeout: Request timed out',
      type: null,
      param: null,
      code: '408',
    }),
  },
  llama_cpp: {
    server_error: error(500, { code: 500, message: 'tools param requires --jinja flag', type: 'server_error' }),
    loading: error(503, { code: 503, message: 'Loading model', type: 'unavailable_error' }),
    context: error(400, {
      code: 400,
      message: 'the request exceeds the available context size',
      type: 'exceed_context_size_error',
    }),
  },
}
