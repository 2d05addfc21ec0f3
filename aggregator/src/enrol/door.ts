import { ProberId } from '@llmstatus/shared/ids'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { sendProblem } from '../api/problem.ts'
import { type EnrolDeps, enrol } from './enrol.ts'

/** Two signatures, a key and a name: a request that is larger is not one. */
const largestBytes = 16 * 1024

export const registerEnrol = (
  app: FastifyInstance,
  deps: EnrolDeps & { readonly log: Pick<Logger, 'info' | 'warn'> },
) => {
  app.addContentTypeParser(
    'application/jose+json',
    { parseAs: 'string', bodyLimit: largestBytes },
    async (_request: unknown, body: string) => readJson(body),
  )

  app.post('/api/v1/enrol', { bodyLimit: largestBytes, config: { access: 'door' } }, async (request, reply) => {
    const enrolled = await enrol(deps, request.body)
    if (!enrolled.ok) {
      deps.log.warn({ code: enrolled.code, from: request.ip }, 'an enrolment was refused')
      return sendProblem(reply, enrolled.code, { detail: enrolled.detail })
    }
    deps.log.info({ prober: enrolled.prober, is: enrolled.is }, 'a prober enrolled')
    return reply.code(enrolled.is === 'new' ? 201 : 200).send({ answer: enrolled.answer, jwk: enrolled.jwk })
  })

  app.get('/api/v1/enrol/:id', { config: { access: 'door' } }, async (request, reply) => {
    const id = ProberId.safeParse((request.params as { id?: unknown }).id)
    if (!id.success) return sendProblem(reply, 'not_found')
    const row = await deps.db.selectFrom('prober').select('state').where('id', '=', id.data).executeTakeFirst()
    return row === undefined ? sendProblem(reply, 'not_found') : { state: row.state }
  })
}

/** What is no JSON is no enrolment either, and is refused as one. */
const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
