import type { ErrorForm, RequiredError } from './dialect.ts'

const form = (
  status: number,
  error: { message: string; type: string; code: string | null; param?: string },
  headers?: Record<string, string>,
): ErrorForm => ({
  status,
  body: { error: { param: null, ...error } },
  ...(headers && { headers }),
})

const invalid = 'invalid_request_error'
const limits = {
  'retry-after': '7',
  'x-ratelimit-limit-tokens': '200000',
  'x-ratelimit-remaining-tokens': '0',
  'x-ratelimit-reset-tokens': '7s',
}
const quota = (code: string, message: string) => form(429, { message, type: code, code })

export const openaiErrors = {
  wrong_key: form(401, { message: 'Incorrect API key provided: sk-w***ng.', type: invalid, code: 'invalid_api_key' }),
  no_key: form(401, { message: "You didn't provide an API key.", type: invalid, code: null }),
  not_a_member: form(401, {
    message: 'You must be a member of an organization to use the API.',
    type: invalid,
    code: null,
  }),
  unsupported_country: form(403, {
    message: 'Country, region, or territory not supported.',
    type: 'request_forbidden',
    code: 'unsupported_country_region_territory',
  }),
  unknown_model: form(404, {
    message: 'The model `m` does not exist or you do not have access to it.',
    type: invalid,
    code: 'model_not_found',
  }),
  not_found: form(404, { message: 'Invalid URL.', type: invalid, code: null }),
  bad_request: form(400, { message: 'We could not parse the JSON body of your request.', type: invalid, code: null }),
  unsupported_max_tokens: form(400, {
    message:
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    type: invalid,
    param: 'max_tokens',
    code: 'unsupported_parameter',
  }),
  context_length_exceeded: form(400, {
    message: "This model's maximum context length is 8192 tokens.",
    type: invalid,
    param: 'messages',
    code: 'context_length_exceeded',
  }),
  content_filter: form(400, {
    message: 'The response was filtered.',
    type: invalid,
    param: 'prompt',
    code: 'content_filter',
  }),
  too_large: form(413, { message: 'Request too large.', type: invalid, code: null }),
  rate_limited: form(
    429,
    {
      message: 'Rate limit reached for gpt-x on tokens per min (TPM): Limit 200000, Used 200000.',
      type: 'tokens',
      code: 'rate_limit_exceeded',
    },
    limits,
  ),
  slow_down: form(429, { message: 'Please reduce your request rate.', type: 'requests', code: 'slow_down' }, limits),
  insufficient_quota: quota(
    'insufficient_quota',
    'You exceeded your current quota, please check your plan and billing details.',
  ),
  credit_balance_exhausted: quota('credit_balance_exhausted', 'Your credit balance is exhausted.'),
  organization_spend_limit_exceeded: quota(
    'organization_spend_limit_exceeded',
    'Your organization has reached its spend limit.',
  ),
  project_spend_limit_exceeded: quota('project_spend_limit_exceeded', 'Your project has reached its spend limit.'),
  organization_usage_limit_exceeded: quota(
    'organization_usage_limit_exceeded',
    'Your organization has reached its usage limit.',
  ),
  server_error: form(500, {
    message: 'The server had an error while processing your request.',
    type: 'server_error',
    code: null,
  }),
  overloaded: form(503, {
    message: 'The engine is currently overloaded, please try again later.',
    type: 'service_unavailable_error',
    code: 'server_is_overloaded',
  }),
} as const satisfies Record<RequiredError, ErrorForm> & Record<string, ErrorForm>
