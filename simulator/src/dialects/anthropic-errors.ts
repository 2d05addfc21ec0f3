import type { ErrorForm, RequiredError } from './dialect.ts'

const form = (status: number, type: string, message: string, more: object = {}): ErrorForm => ({
  status,
  body: { type: 'error', error: { type, message, ...more }, request_id: 'req_simulated' },
})

export const anthropicErrors = {
  wrong_key: form(401, 'authentication_error', 'invalid x-api-key'),
  no_key: form(401, 'authentication_error', 'x-api-key header is required'),
  bad_request: form(400, 'invalid_request_error', 'messages: at least one message is required'),
  credit_balance: form(
    400,
    'invalid_request_error',
    'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.',
  ),
  usage_limits: form(400, 'invalid_request_error', 'You have reached your specified API usage limits.'),
  billing: form(402, 'billing_error', 'There is an issue with your billing.'),
  permission: form(403, 'permission_error', 'Your API key does not have permission to use the specified resource.'),
  unknown_model: form(404, 'not_found_error', 'model: m'),
  not_found: form(404, 'not_found_error', 'Not found'),
  too_large: form(413, 'request_too_large', 'Request exceeds the maximum size'),
  rate_limited: {
    ...form(429, 'rate_limit_error', 'This request would exceed the rate limit of your organization.'),
    headers: { 'retry-after': '7' },
  },
  acceleration: {
    ...form(429, 'rate_limit_error', 'Number of requests has increased too quickly: acceleration limit.'),
    headers: { 'retry-after': '7' },
  },
  spend_limit: form(429, 'rate_limit_error', 'You have reached your spend limit.', {
    details: { error_code: 'enforced_spend_limit_reached' },
  }),
  server_error: form(500, 'api_error', 'Internal server error'),
  timeout: form(504, 'timeout_error', 'Request timed out'),
  overloaded: form(529, 'overloaded_error', 'Overloaded'),
} as const satisfies Record<RequiredError, ErrorForm> & Record<string, ErrorForm>
