import { describe } from '@llmstatus/shared/strict'
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import type { Access } from './host-gate.ts'
import { type ProblemCode, sendProblem } from './problem.ts'

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
  readonly access: Access
  readonly tag: string
  readonly summary: string
  readonly inPath?: z.ZodObject
  readonly inQuery?: z.ZodObject
  readonly answers: Readonly<Record<number, Answers>>
  readonly problems: readonly ProblemCode[]
}

export interface Route extends Operation {
  readonly answer: (asked: { readonly path: unknown; readonly query: unknown }) => Promise<Answer>
}

export type Answer =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly problem: ProblemCode }

export const found = (body: unknown): Answer => ({ ok: true, body })
export const notFound: Answer = { ok: false, problem: 'not_found' }

export const addRoute = (app: FastifyInstance, route: Route): void => {
  const { method, access } = route
  const url = route.path.replaceAll(/\{(\w+)\}/g, ':$1')
  app.route({
    method,
    url,
    config: { access },
    handler: async (request, reply) => {
      const path = read(route.inPath, request.params)
      const query = read(route.inQuery, request.query)
      const refused = [path, query].find(one => !one.ok)
      if (refused !== undefined && !refused.ok) {
        const { detail, field } = refused
        return sendProblem(reply, 'bad_request', { detail, members: { field } })
      }
      const answer = await route.answer({ path: path.ok ? path.value : {}, query: query.ok ? query.value : {} })
      return answer.ok ? answer.body : sendProblem(reply, answer.problem)
    },
  })
}

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
