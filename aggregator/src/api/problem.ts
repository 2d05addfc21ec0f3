import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import type { Logger } from 'pino'
import { isUnavailable } from '../db/unavailable.ts'

/** Everything that is refused, as RFC 9457 says it. The one place where a reason becomes an HTTP status. */
export const problems = {
  bad_request: { status: 400, title: 'The request cannot be read.' },
  unknown_key: { status: 401, title: 'No enrolled prober has this key.' },
  not_signed: { status: 401, title: 'The question is not signed as it must be.' },
  token_invalid: { status: 401, title: 'The enrolment token is malformed, unknown or expired.' },
  sign_in_required: { status: 401, title: 'This is not open to everybody who can reach it.' },
  not_approved: { status: 403, title: 'The prober waits for approval.' },
  revoked: { status: 403, title: 'The prober was revoked.' },
  quarantined: { status: 403, title: 'The prober is in quarantine: two histories were sent under its key.' },
  not_found: { status: 404, title: 'There is nothing here.' },
  gap: { status: 409, title: 'Something is missing before this batch.' },
  fork: { status: 409, title: 'Another batch stands at this place of the chain.' },
  token_used: { status: 409, title: 'The enrolment token was used by another prober.' },
  name_taken: { status: 409, title: 'Another prober has this name.' },
  too_large: { status: 413, title: 'The body is too large.' },
  unsupported_media_type: { status: 415, title: 'The content type is not one that is read here.' },
  host_not_allowed: { status: 421, title: 'This address is not one of ours.' },
  bad_signature: { status: 422, title: 'The signature does not hold.' },
  bad_claims: { status: 422, title: 'What the batch says of itself is wrong.' },
  digest_mismatch: { status: 422, title: 'The body is not the one that was signed.' },
  bad_gzip: { status: 422, title: 'The body does not inflate as it says.' },
  rate_limited: { status: 429, title: 'This is more than one sender may send; nothing was stored.' },
  internal: { status: 500, title: 'This is a bug, and it was logged.' },
  busy: { status: 503, title: 'Too much comes at once; nothing was stored.' },
  unavailable: { status: 503, title: 'The database does not answer now; nothing was stored.' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

export interface ProblemDetails {
  readonly detail?: string
  /** Further members, such as `expected_seq`. */
  readonly members?: Readonly<Record<string, unknown>>
  /** Seconds; where it comes too early, and nobody says how much. */
  readonly retryAfterS?: number
}

const usualRetryAfterS = 5

export const sendProblem = (reply: FastifyReply, code: ProblemCode, details: ProblemDetails = {}): FastifyReply => {
  const { status, title } = problems[code]
  const { detail, members, retryAfterS = usualRetryAfterS } = details
  if (status === 429 || status === 503) reply.header('retry-after', retryAfterS)
  const body = {
    type: `urn:llmstatus:problem:${code}`,
    title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
  }
  return reply
    .code(status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({ ...body, ...members })
}

/** What fastify itself refuses before a handler is reached. */
const refusedByFastify: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
}

const codeOf = (error: FastifyError): ProblemCode => {
  const known = refusedByFastify[error.code]
  if (known !== undefined) return known
  if (isUnavailable(error)) return 'unavailable'
  return error.statusCode !== undefined && error.statusCode < 500 ? 'bad_request' : 'internal'
}

export const installProblems = (app: FastifyInstance, log: Pick<Logger, 'warn' | 'error'>): void => {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const code = codeOf(error)
    const where = { method: request.method, route: request.routeOptions.url ?? null }
    if (code === 'internal') log.error({ ...where, err: error }, 'a request failed')
    if (code === 'unavailable') log.warn({ ...where, reason: error.message }, 'the database did not answer')
    return sendProblem(reply, code, code === 'bad_request' ? { detail: error.message } : {})
  })
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'not_found'))
}
