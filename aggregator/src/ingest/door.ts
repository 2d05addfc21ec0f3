import { contentType, inflateLines, jwsHeader, limits } from '@llmstatus/shared/batch'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Logger } from 'pino'
import { createAllowance } from '../api/allowance.ts'
import { sendProblem } from '../api/problem.ts'
import { isUnavailable } from '../db/unavailable.ts'
import type { InflateLines, IngestDeps, NotTaken } from './arrival.ts'
import { type IngestLimits, ingestLimits } from './limits.ts'
import { takeBatch } from './take-batch.ts'
import { createTurns } from './turns.ts'

export type IngestDoorDeps = Omit<IngestDeps, 'inflate' | 'spend' | 'turns'> & {
  readonly inflate?: InflateLines
  readonly limits?: IngestLimits
  /** Calls once, later, unless it is told not to. */
  readonly after: (ms: number, run: () => void) => () => void
  readonly afterStored?: (endpointIds: readonly number[]) => void
  readonly log: Pick<Logger, 'warn' | 'debug' | 'error'>
}

export const registerIngest = (app: FastifyInstance, deps: IngestDoorDeps): void => {
  const { after, limits: ours = ingestLimits } = deps
  const ingest: IngestDeps = {
    ...deps,
    inflate: deps.inflate ?? inflateLines,
    spend: createAllowance(ours.rates),
    turns: createTurns({ most: ours.atOnce, patienceMs: ours.turnMs, after }),
  }
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
    const taken = await soon(deps, ours.storeMs, takeBatch(ingest, { jws, body: request.body }))
    if (taken === null) return sendProblem(reply, 'unavailable')
    if (!taken.ok) return refuse(deps, reply, taken)
    const { prober, is, seq, receipt, endpoints } = taken
    deps.log.debug({ prober, seq, is, endpoints: endpoints.length }, 'a batch was taken')
    const rejected = taken.rejected.map(({ line, reason }) => ({ line, reason }))
    if (rejected.length > 0) deps.log.warn({ prober, seq, rejected: rejected.slice(0, 10) }, 'lines were rejected')
    if (endpoints.length > 0) deps.afterStored?.(endpoints)
    return reply.code(taken.is === 'new' ? 201 : 200).send({ seq, receipt, rejected })
  })
}

/**
 * Null where it takes too long: the database is stuck, and the prober is told so. What was begun goes on; where it is
 * committed after all, the same batch is answered with the same receipt when it comes again.
 */
const soon = <T>({ after, log }: IngestDoorDeps, withinMs: number, work: Promise<T>): Promise<T | null> =>
  new Promise((resolve, reject) => {
    let isLate = false
    const stop = after(withinMs, () => {
      isLate = true
      log.warn({ withinMs }, 'the database did not answer in time')
      resolve(null)
    })
    work.then(resolve, (error: unknown) => {
      if (isLate && !isUnavailable(error)) log.error({ err: error }, 'a batch failed after its answer')
      reject(error)
    })
    work.then(stop, stop)
  })

const refuse = ({ log }: IngestDoorDeps, reply: FastifyReply, refused: NotTaken) => {
  const { code, detail, prober, expected, retryAfterS } = refused
  log.warn({ code, prober: prober ?? null, detail }, 'a batch was refused')
  return sendProblem(reply, code, {
    detail,
    ...(expected === undefined ? {} : { members: expected }),
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
  })
}
