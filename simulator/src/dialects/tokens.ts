import { z } from 'zod'
import type { Dialect, ErrorForm, Incoming, Intent, RequiredError } from './dialect.ts'
import { edgeErrors } from './edge.ts'

/** Where keys are exchanged for tokens: an assertion at Google's path, an API key at IBM's. It says nothing else. */

const form = (status: number, error: string, error_description: string): ErrorForm => ({
  status,
  body: { error, error_description },
})

const errors = {
  wrong_key: form(400, 'invalid_grant', 'Invalid JWT Signature.'),
  no_key: form(400, 'invalid_request', 'Missing required parameter: assertion'),
  bad_request: form(400, 'invalid_request', 'Missing required parameter: grant_type'),
  disabled: form(403, 'access_denied', 'The account is disabled.'),
  not_found: form(404, 'not_found', 'Not found'),
  unknown_model: form(404, 'not_found', 'Not found'),
  too_large: form(413, 'invalid_request', 'Too large'),
  rate_limited: form(429, 'rate_limit_exceeded', 'Too many requests'),
  server_error: form(500, 'internal_failure', 'Internal error'),
  unavailable: form(503, 'temporarily_unavailable', 'Try again'),
} as const satisfies Record<RequiredError, ErrorForm> & Record<string, ErrorForm>

const Form = z.object({
  grant_type: z.string().startsWith('urn:'),
  assertion: z
    .string()
    .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    .optional(),
  apikey: z.string().min(1).optional(),
})

const exchange = ({ body }: Incoming): Intent => {
  const asked = Form.safeParse(body).data
  if (asked === undefined) return { kind: 'refused', error: 'bad_request' }
  const [, claims = ''] = asked.assertion?.split('.') ?? []
  const who = `${asked.apikey ?? ''}${Buffer.from(claims, 'base64url').toString()}`
  if (who === '') return { kind: 'refused', error: 'no_key' }
  if (who.includes('wrong')) return { kind: 'refused', error: 'wrong_key' }
  return {
    kind: 'fixed',
    body: { access_token: 'simulated-access-token', expires_in: 3599, token_type: 'Bearer' },
  }
}

export const tokens = {
  name: 'tokens',
  auth: null,
  streamType: 'application/json',
  headers: {},
  routes: [
    { method: 'POST', path: '/token', open: true, read: exchange },
    { method: 'POST', path: '/identity/token', open: true, read: exchange },
  ],
  listing: () => ({}),
  whole: () => ({}),
  frames: () => [],
  errors: { ...errors, ...edgeErrors },
  plainError: (status, message) => ({ error: String(status), error_description: message }),
  errorFrames: () => '',
} as const satisfies Dialect
