import type { ErrorForm, RequiredError } from './dialect.ts'

const form = (code: number, status: string, message: string, details: readonly object[] = []): ErrorForm => ({
  status: code,
  body: { error: { code, message, status, ...(details.length > 0 && { details }) } },
})

const type = (name: string) => `type.googleapis.com/google.rpc.${name}`
const info = (reason: string) => ({ '@type': type('ErrorInfo'), reason, domain: 'googleapis.com' })
const quota = (quotaId: string, retryDelay: string) => [
  { '@type': type('QuotaFailure'), violations: [{ quotaId, quotaValue: '15' }] },
  { '@type': type('RetryInfo'), retryDelay },
]
const plan = 'You exceeded your current quota, please check your plan and billing details.'

export const geminiErrors = {
  wrong_key: form(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
    info('API_KEY_INVALID'),
  ]),
  bad_request: form(400, 'INVALID_ARGUMENT', 'Invalid JSON payload received.'),
  only_sse: form(400, 'INVALID_ARGUMENT', 'This simulator streams with alt=sse only.'),
  region: form(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
  no_key: form(403, 'PERMISSION_DENIED', 'Method does not allow unregistered callers.'),
  not_found: form(404, 'NOT_FOUND', 'Requested entity was not found.'),
  unknown_model: form(
    404,
    'NOT_FOUND',
    'models/m is not found for API version v1beta, or is not supported for generateContent.',
  ),
  too_large: form(413, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit.'),
  rate_limited: form(
    429,
    'RESOURCE_EXHAUSTED',
    plan,
    quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier', '48s'),
  ),
  per_day: form(429, 'RESOURCE_EXHAUSTED', plan, quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier', '7200s')),
  limit_zero: form(
    429,
    'RESOURCE_EXHAUSTED',
    `${plan} Quota exceeded for metric: generate_requests, limit: 0`,
    quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier', '30s'),
  ),
  exhausted: form(
    429,
    'RESOURCE_EXHAUSTED',
    'Resource exhausted. Please try again later. Please refer to error-code-429 for more details.',
  ),
  no_capacity: form(429, 'RESOURCE_EXHAUSTED', 'No capacity available for model m on the server', [
    info('MODEL_CAPACITY_EXHAUSTED'),
  ]),
  server_error: form(500, 'INTERNAL', 'An internal error has occurred.'),
  overloaded: form(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
  no_capacity_503: form(503, 'UNAVAILABLE', 'No capacity available for model m on the server', [
    info('MODEL_CAPACITY_EXHAUSTED'),
  ]),
  deadline: form(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'),
  prompt_blocked: {
    status: 200,
    body: {
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
      usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 },
    },
  },
} as const satisfies Record<RequiredError, ErrorForm> & Record<string, ErrorForm>
