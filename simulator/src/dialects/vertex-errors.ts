import type { ErrorForm } from './dialect.ts'

const form = (code: number, status: string, message: string, reason?: string): ErrorForm => ({
  status: code,
  body: {
    error: {
      code,
      message,
      status,
      ...(reason !== undefined && {
        details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' }],
      }),
    },
  },
})

/** Beside Gemini's, or in their place. */
export const vertexErrors = {
  wrong_key: form(
    401,
    'UNAUTHENTICATED',
    'Request had invalid authentication credentials. Expected OAuth 2 access token.',
    'ACCESS_TOKEN_TYPE_UNSUPPORTED',
  ),
  no_key: form(
    401,
    'UNAUTHENTICATED',
    'Request is missing required authentication credential. Expected OAuth 2 access token.',
    'CREDENTIALS_MISSING',
  ),
  permission: form(
    403,
    'PERMISSION_DENIED',
    "Permission 'aiplatform.endpoints.predict' denied on resource (or it may not exist).",
    'IAM_PERMISSION_DENIED',
  ),
  unknown_model: form(
    404,
    'NOT_FOUND',
    'Publisher Model `m` was not found or your project does not have access to it.',
  ),
  rate_limited: form(
    429,
    'RESOURCE_EXHAUSTED',
    'Quota exceeded for aiplatform.googleapis.com/generate_content_requests_per_minute_per_project_per_base_model with base model: m.',
  ),
  provisioned: form(429, 'RESOURCE_EXHAUSTED', 'Too many requests. Exceeded the Provisioned Throughput.'),
} as const satisfies Record<string, ErrorForm>
