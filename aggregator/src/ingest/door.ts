import { contentType, inflateLines, jwsHeader, limits } from '@llmstatus/shared/batch'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { sendProblem } from '../api/problem.ts'
import type { InflateLines, IngestDeps, NotTaken } from './arrival.ts'
import { takeBatch } from './take-batch.ts'

export type IngestDoorDeps = Omit<IngestDeps, 'inflate'> & {
  readonly inflate?: InflateLines
  readonly afterStored?: (endpointIds: readonly number[]) => void
}

export const registerIngest = (app: FastifyInstance, deps: IngestDoorDeps): void => {
  const ingest: IngestDeps = { ...deps, inflate: deps.inflate ?? inflateLines }
  app.addContentTypeParser(
    contentType,
    { parseAs: 'buffer', bodyLimit: limits.bodyBytes },
    async (_request: unknown, body: Buffer) => body,
  )

  app.post('/api/v1/batches', { config: { access: 'door' } }, async (request, reply) => {
    const jws = request.headers[jwsHeader]
    // a proxy that dropped the header is no reason for a prober to give its batch up: 400, not 422
    if (typeof jws !== 'string') return sendProblem(reply, 'bad_request', { detail: `there is no ${jwsHeader} header` })
    if (!(request.body instanceof Uint8Array)) return sendProblem(reply, 'unsupported_media_type')
    const taken = await takeBatch(ingest, { jws, body: request.body })
    if (!taken.ok) return refuse(deps, reply, taken)
    const { prober, is, seq, receipt, endpoints } = taken
    deps.log.debug({ prober, seq, is, endpoints: endpoints.length }, 'a batch was taken')
    const rejected = taken.rejected.map(({ line, reason }) => ({ line, reason }))
    if (rejected.length > 0) deps.log.warn({ prober, seq, rejected: rejected.slice(0, 10) }, 'lines were rejected')
    if (endpoints.length > 0) deps.afterStored?.(endpoints)
    return reply.code(taken.is === 'new' ? 201 : 200).send({ seq, receipt, rejected })
  })
}

const refuse = ({ log }: IngestDoorDeps, reply: FastifyReply, { code, detail, prober, expected }: NotTaken) => {
  log.warn({ code, prober: prober ?? null, detail }, 'a batch was refused')
  return sendProblem(reply, code, expected === undefined ? { detail } : { detail, members: expected })
}
