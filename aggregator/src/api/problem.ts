import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import type { Logger } from 'pino'
import { isUnavailable } from '../db/unavailable.ts'
import { onEveryAnswer } from './headers.ts'

/** Everything that is refused, as RFC 9457 says it. The one place where a reason becomes an HTTP status. */
export const problems = {
  bad_request: { status: 400, title: 'The request cannot be read.' },
  ambiguous_model: { status: 400, title: 'Several providers have a model of this name.' },
  unknown_key: { status: 401, title: 'No enrolled prober has this key.' },
  not_signed: { status: 401, title: 'The question is not signed as it must be.' },
  token_invalid: { status: 401, title: 'The enrolment token is malformed, unknown or expired.' },
  sign_in_required: { status: 401, title: 'This is not open to everybody who can reach it.' },
  not_approved: { status: 403, title: 'The prober waits for approval.' },
  revoked: { status: 403, title: 'The prober was revoked.' },
  quarantined: { status: 403, title: 'The prober is in quarantine: two histories were sent under its key.' },
  not_found: { status: 404, title: 'There is nothing here.' },
  unknown_model: { status: 404, title: 'No model of this name is known here.' },
  method_not_allowed: { status: 405, title: 'This is not asked in this way.' },
  timed_out: { status: 408, title: 'The request did not come to its end.' },
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
  headers_too_large: { status: 431, title: 'The headers are too large.' },
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
  const { status } = problems[code]
  const { detail, members, retryAfterS = usualRetryAfterS } = details
  if (status === 429 || status === 503) reply.header('retry-after', retryAfterS)
  return reply
    .code(status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send({ ...problemBody(code, detail), ...members })
}

const problemBody = (code: ProblemCode, detail?: string) => {
  const { status, title } = problems[code]
  return {
    type: `urn:llmstatus:problem:${code}`,
    title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
  }
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
    reply.header('cache-control', 'no-store')
    return sendProblem(reply, code, code === 'bad_request' ? { detail: error.message } : {})
  })
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'not_found'))
}

/** A route is looked for before there is anything to hook on to: an address that is none is refused here. */
export const refuseAddress = (error: FastifyError, _request: unknown, reply: FastifyReply): void => {
  const code = refusedByFastify[error.code] ?? 'bad_request'
  sendProblem(reply.headers(onEveryAnswer), code, code === 'bad_request' ? { detail: 'The address is malformed.' } : {})
}

const refusedByNode: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'timed_out',
}

/** What is not HTTP, or not to its end, has no request and no reply: bytes on a socket, and the end of it. */
export const refuseBytes = (error: Error & { readonly code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  if (!socket.writable) return void socket.destroy(error)
  const code = refusedByNode[error.code ?? ''] ?? 'bad_request'
  const body = JSON.stringify(problemBody(code))
  const head = [
    `HTTP/1.1 ${problems[code].status} Refused`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    ...Object.entries(onEveryAnswer).map(([name, value]) => `${name}: ${value}`),
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
