import { Readable } from 'node:stream'
import { describe } from '@llmstatus/shared/strict'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { etagOf } from './conditional.ts'
import type { Access } from './host-gate.ts'
import { type ProblemCode, type ProblemDetails, sendProblem } from './problem.ts'
import { cacheControl, isOpen, openHeaders, type Reading } from './reading.ts'

/** A question that can be asked: what its address takes, what it answers. One record is the route and its documentation. */

export interface Answers {
  readonly description: string
  /** What JSON it is, by the name it has in the documentation; null where it is something else. */
  readonly schema: string | null
  readonly type?: string
}

export interface Operation {
  readonly method: 'GET' | 'POST'
  /** As OpenAPI writes it: /api/v1/incidents/{id} */
  readonly path: string
  /** The last part of the path may hold slashes, as the ids of models do. */
  readonly lastPart?: 'may_hold_slashes'
  readonly access: Access
  readonly tag: string
  readonly summary: string
  readonly inPath?: z.ZodObject
  readonly inQuery?: z.ZodObject
  readonly answers: Readonly<Record<number, Answers>>
  readonly problems: readonly ProblemCode[]
  /** A question of this kind. Its answer in the documentation is what a test was answered to it. */
  readonly example?: string
}

export interface Asked {
  readonly path: unknown
  readonly query: unknown
  readonly accept: string
  /** Where we are, as whoever asks would say it: for links. */
  readonly origin: string
}

export interface Route extends Operation {
  /** How long anybody may keep the answer where reading is public; without it, it is asked for each time. */
  readonly keptS?: number
  readonly answer: (asked: Asked) => Promise<Answer>
}

export type Answer =
  | {
      readonly ok: true
      /** An object is JSON; text is what `type` says, and so is what comes piece by piece. */
      readonly body: unknown
      readonly type?: string
      readonly headers?: Readonly<Record<string, string>>
      /** Above 0 where the database is away and this was read before. */
      readonly ageMs?: number
    }
  | { readonly ok: false; readonly problem: ProblemCode; readonly details?: ProblemDetails }

type Found = Extract<Answer, { ok: true }>

export const found = (body: unknown, more: Omit<Found, 'ok' | 'body'> = {}): Answer => ({ ok: true, body, ...more })
export const refused = (problem: ProblemCode, details: ProblemDetails = {}): Answer => ({ ok: false, problem, details })
export const notFound: Answer = { ok: false, problem: 'not_found' }

/** As fastify writes it. */
export const urlOf = ({ path, lastPart }: Pick<Operation, 'path' | 'lastPart'>): string => {
  const url = path.replaceAll(/\{(\w+)\}/g, ':$1')
  return lastPart === undefined ? url : url.replace(/:\w+$/, '*')
}

export const addRoute = (app: FastifyInstance, route: Route, reading: Reading): void => {
  const { method, access } = route
  app.route({
    method,
    url: urlOf(route),
    config: { access },
    handler: async (request, reply) => {
      const path = read(route.inPath, inPath(route, request.params))
      const query = read(route.inQuery, request.query)
      const wrong = [path, query].find(one => !one.ok)
      if (wrong !== undefined && !wrong.ok) {
        const { detail, field } = wrong
        return sendProblem(reply, 'bad_request', { detail, members: { field } })
      }
      reply.headers({ 'cache-control': cacheControl(route, reading), ...openHeaders(route, reading) })
      const answer = await route.answer({
        path: path.ok ? path.value : {},
        query: query.ok ? query.value : {},
        accept: request.headers.accept ?? '',
        origin: originOf(request, reading),
      })
      return answer.ok ? send(reply, answer) : refuse(reply, answer)
    },
  })
  if (isOpen(route, reading))
    app.options(urlOf(route), { config: { access } }, async (_request, reply) =>
      reply
        .code(204)
        .headers(openHeaders(route, reading))
        .header('access-control-allow-methods', `${method}, HEAD`)
        .send(),
    )
}

/** What is not said may be asked for again at once: a refusal is never kept. */
const refuse = (reply: FastifyReply, { problem, details }: Extract<Answer, { ok: false }>): FastifyReply =>
  sendProblem(reply.header('cache-control', 'no-store'), problem, details)

const send = (reply: FastifyReply, { body, type, headers = {}, ageMs = 0 }: Found): unknown => {
  reply.headers(headers)
  if (ageMs > 0) reply.header('age', Math.ceil(ageMs / 1000))
  if (type !== undefined) reply.type(type)
  if (!(body instanceof Readable)) reply.header('etag', etagOf(body, ageMs))
  return reply.send(body)
}

const inPath = ({ path, lastPart }: Operation, params: unknown): unknown => {
  if (lastPart === undefined) return params
  const { '*': rest, ...named } = params as Record<string, string>
  return { ...named, [/\{(\w+)\}$/.exec(path)?.[1] ?? '*']: rest }
}

/** Off loopback a Host header is whatever somebody wrote; where it matters, PUBLIC_URL is set. */
const originOf = (request: FastifyRequest, { publicUrl }: Reading): string =>
  publicUrl ?? `${request.protocol}://${request.host}`

type Read =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly field: string; readonly detail: string }

/** What no schema asks for is refused: a misspelt filter must not look like an answer without it. */
const read = (schema: z.ZodObject | undefined, value: unknown): Read => {
  const given = value ?? {}
  if (schema === undefined) {
    const [field] = Object.keys(given)
    return field === undefined ? { ok: true, value: {} } : { ok: false, field, detail: `${field}: is not known here` }
  }
  const parsed = schema.safeParse(given)
  if (parsed.success) return { ok: true, value: parsed.data }
  const [issue] = parsed.error.issues
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  if (unknown !== undefined) return { ok: false, field: unknown, detail: `${unknown}: is not known here` }
  return { ok: false, field: String(issue?.path[0] ?? ''), detail: describe(parsed.error) }
}
