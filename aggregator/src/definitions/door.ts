import { definitionsPath, definitionsType } from '@llmstatus/shared/definition-set'
import { keyFromJwk } from '@llmstatus/shared/identity'
import { sha256 } from '@llmstatus/shared/ids'
import { readRequestKey, requestWindowMs, verifyRequest } from '@llmstatus/shared/request-token'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Logger } from 'pino'
import { createAllowance, type Spend } from '../api/allowance.ts'
import { type ProblemCode, sendProblem } from '../api/problem.ts'
import { closedTo, findSigner } from '../enrol/signer.ts'
import { createAskedOnce } from './asked-once.ts'
import { currentSet, type SetDeps } from './signed-set.ts'

export type DefinitionsDoorDeps = SetDeps & { readonly log: Pick<Logger, 'warn'> }

/** Probers ask once a minute. */
const rates = { questions: { perS: 0.5, burst: 20 } } as const

interface Asking extends DefinitionsDoorDeps {
  readonly askedOnce: ReturnType<typeof createAskedOnce>
  readonly spend: Spend<keyof typeof rates>
}

interface Refused {
  readonly code: ProblemCode
  readonly detail: string
  readonly retryAfterS?: number
}

export const registerDefinitions = (app: FastifyInstance, deps: DefinitionsDoorDeps): void => {
  const asking: Asking = { ...deps, askedOnce: createAskedOnce(requestWindowMs), spend: createAllowance(rates) }
  app.get(definitionsPath, { config: { access: 'door' } }, async (request, reply) => {
    const refused = await refusalOf(asking, request.headers.authorization ?? '')
    if (refused !== null) return refuse(deps, reply, refused)
    const set = await currentSet(deps)
    if (set === null) return sendProblem(reply, 'not_found', { detail: 'no definition was ever added here' })
    const etag = `"${sha256(set.jws)}"`
    reply.header('etag', etag)
    if (names(request.headers['if-none-match'] ?? '', etag)) return reply.code(304).send()
    return reply.type(definitionsType).serializer(String).send(set.jws)
  })
}

/** Whose key → may it → is it signed, now, for this question → was it asked before → does it ask too often. */
const refusalOf = async (asking: Asking, authorization: string): Promise<Refused | null> => {
  const [, token = ''] = /^Bearer +(\S+)$/i.exec(authorization) ?? []
  const kid = readRequestKey(token)
  if (kid === null) return { code: 'not_signed', detail: 'there is no bearer token of ours' }
  const signer = await findSigner(asking.db, kid)
  if (signer === null || signer.lastSeq !== null)
    return { code: 'unknown_key', detail: 'nobody is enrolled with this key' }
  const closed = closedTo(signer.state)
  if (closed !== null) return closed
  const nowMs = asking.clock.nowMs()
  const expected = { prober: signer.id, path: definitionsPath, nowMs }
  const verified = await verifyRequest(await keyFromJwk(signer.jwk), token, expected)
  if (!verified.ok) return { code: 'not_signed', detail: details[verified.reason] }
  const waitMs = asking.spend({ sender: signer.id, of: { questions: 1 }, nowMs })
  if (waitMs > 0)
    return { code: 'rate_limited', detail: 'once a minute is enough', retryAfterS: Math.ceil(waitMs / 1000) }
  return asking.askedOnce(`${signer.id} ${verified.claims.jti}`, nowMs)
    ? null
    : { code: 'not_signed', detail: 'jti: this question was asked before' }
}

const details = {
  bad_signature: 'the signature does not hold',
  bad_claims: 'it is signed for another question',
  wrong_time: 'iat: is more than a minute away from the clock here; see the header Date',
} as const

const refuse = ({ log }: DefinitionsDoorDeps, reply: FastifyReply, { code, detail, retryAfterS }: Refused) => {
  log.warn({ code, detail }, 'a question for definitions was refused')
  return sendProblem(reply, code, { detail, ...(retryAfterS === undefined ? {} : { retryAfterS }) })
}

/** A list of them, weak or strong, as a cache on the way may have made it. */
const names = (ifNoneMatch: string, etag: string): boolean =>
  ifNoneMatch.split(',').some(each => each.trim().replace(/^W\//, '') === etag)
