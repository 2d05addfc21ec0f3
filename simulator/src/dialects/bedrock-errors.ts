import type { ErrorForm, RequiredError } from './dialect.ts'

const form = (status: number, name: string, message: string): ErrorForm => ({
  status,
  body: { message },
  headers: { 'x-amzn-errortype': name },
})

export const bedrockErrors = {
  wrong_key: form(403, 'UnrecognizedClientException', 'The security token included in the request is invalid.'),
  expired_token: form(403, 'ExpiredTokenException', 'The security token included in the request is expired'),
  invalid_signature: form(
    403,
    'InvalidSignatureException',
    'The request signature we calculated does not match the signature you provided.',
  ),
  clock_skew: form(
    403,
    'InvalidSignatureException',
    'Signature expired: 20261120T100000Z is now earlier than 20261120T100500Z',
  ),
  no_key: form(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token'),
  access_denied: form(403, 'AccessDeniedException', "You don't have access to the model with the specified model ID."),
  bad_request: form(400, 'ValidationException', 'Malformed input request.'),
  profile_only: form(400, 'ValidationException', "Invocation of model ID m with on-demand throughput isn't supported."),
  service_quota: form(400, 'ServiceQuotaExceededException', 'Your request exceeds the service quota for your account.'),
  unknown_model: form(404, 'ResourceNotFoundException', 'Could not resolve the foundation model from m.'),
  end_of_life: form(404, 'ResourceNotFoundException', 'This model version has reached the end of its life.'),
  not_found: form(404, 'UnknownOperationException', 'Not found'),
  stray_path: {
    status: 200,
    body: { Output: { __type: 'com.amazon.coral.service#UnknownOperationException' }, Version: '1.0' },
  },
  model_timeout: form(408, 'ModelTimeoutException', 'The model took too long to respond.'),
  too_large: form(413, 'ValidationException', 'Request is too large.'),
  model_error: form(424, 'ModelErrorException', 'The model returned an error.'),
  model_stream_error: form(424, 'ModelStreamErrorException', 'The stream broke.'),
  rate_limited: form(429, 'ThrottlingException', 'Too many requests, please wait before trying again.'),
  per_day: form(429, 'ThrottlingException', 'Too many tokens per day, please wait before trying again.'),
  model_not_ready: form(429, 'ModelNotReadyException', 'Model is not ready for inference.'),
  server_error: form(500, 'InternalServerException', 'The system encountered an unexpected error.'),
  overloaded: form(503, 'ServiceUnavailableException', 'Bedrock is unable to process your request.'),
} as const satisfies Record<RequiredError, ErrorForm> & Record<string, ErrorForm>
