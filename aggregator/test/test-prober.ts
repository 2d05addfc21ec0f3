import {
  type Body,
  contentType,
  type Gap,
  genesis,
  jwsHeader,
  noBody,
  packBody,
  type RecordClaims,
  signBatch,
  signGap,
  signRotation,
} from '@llmstatus/shared/batch'
import {
  EnrolAnswer,
  keyFromJwk,
  keyFromSeed,
  readToken,
  type SigningKey,
  signEnrolment,
  types,
  verifyJws,
} from '@llmstatus/shared/identity'
import { type ProberId, sha256, uuid7 } from '@llmstatus/shared/ids'
import { createToken, type TokenWish } from '../src/enrol/create-token.ts'
import { seededRandom } from './random.ts'
import type { TestApp } from './test-app.ts'

/** A prober as the aggregator sees one: a key, a chain, and bytes on the wire. */
export interface SentRecord {
  readonly jws: string
  readonly body: Uint8Array
}

export const post = (app: TestApp['app'], { jws, body }: SentRecord) =>
  app.inject({
    method: 'POST',
    url: '/api/v1/batches',
    headers: { 'content-type': contentType, [jwsHeader]: jws, host: '127.0.0.1:8420' },
    payload: Buffer.from(body),
  })

export const enrolRequest = async (
  { app, deps, key }: TestApp,
  who: { readonly token: string; readonly key: SigningKey; readonly name: string },
) => {
  const token = readToken(who.token)
  if (token === null) throw new Error('not a token')
  const envelope = await signEnrolment(await keyFromSeed(token.seed), who.key, {
    v: 1,
    aud: key.kid,
    jwk: who.key.jwk,
    name: who.name,
    region: null,
    version: '0.1.0',
    iat: Math.floor(deps.clock.nowMs() / 1000),
  })
  return app.inject({
    method: 'POST',
    url: '/api/v1/enrol',
    headers: { 'content-type': 'application/jose+json', host: 'localhost' },
    payload: JSON.stringify(envelope),
  })
}

export const newToken = (test: TestApp, over: Partial<TokenWish> = {}) =>
  createToken(test.deps, { url: 'http://127.0.0.1:8420', ttlMs: 3_600_000, approval: 'automatic', ...over })

export const enrolled = async (test: TestApp, name = 'eu-1') => {
  const random = seededRandom(`prober ${name}`)
  const key = await keyFromSeed(random(32))
  const { token } = await newToken(test)
  const response = await enrolRequest(test, { token, key, name })
  if (response.statusCode !== 201) throw new Error(response.body)
  const { answer, jwk } = response.json<{ answer: string; jwk: SigningKey['jwk'] }>()
  const { prober_id } = EnrolAnswer.parse(await verifyJws(await keyFromJwk(jwk), types.receipt, answer))
  return proberOf(test, { id: prober_id, key, random })
}
export type TestProber = Awaited<ReturnType<typeof enrolled>>

interface Who {
  readonly id: ProberId
  readonly key: SigningKey
  readonly random: (bytes: number) => Uint8Array
}

/** `seal` signs what comes next and moves on; `resealed` signs something else at a place that is taken. */
const proberOf = (test: TestApp, who: Who) => {
  let key = who.key
  let head = { seq: 0, hash: genesis }
  const uuid = () => uuid7(test.deps.clock.nowMs(), who.random(10))
  const claims = (over: Partial<RecordClaims> = {}): RecordClaims => ({
    iss: who.id,
    aud: test.key.kid,
    jti: uuid(),
    iat: Math.floor(test.deps.clock.nowMs() / 1000),
    seq: head.seq + 1,
    prev: head.hash,
    from: null,
    to: null,
    defs: sha256('defs'),
    boot: uuid(),
    mono: 1,
    ...over,
  })
  const moved = <R extends SentRecord>(record: R, seq: number): R => {
    head = { seq, hash: sha256(record.jws) }
    return record
  }
  const sign = async (body: Body, over: Partial<RecordClaims> = {}): Promise<SentRecord> => ({
    jws: await signBatch(key, claims(over), body),
    body: body.bytes,
  })
  return {
    id: who.id,
    uuid,
    key: () => key,
    head: () => head,
    sign,
    seal: async (lines: readonly object[], over: Partial<RecordClaims> = {}) =>
      moved(await sign(packBody(lines.map(line => JSON.stringify(line))), over), over.seq ?? head.seq + 1),
    sealText: async (lines: readonly string[], over: Partial<RecordClaims> = {}) =>
      moved(await sign(packBody(lines), over), over.seq ?? head.seq + 1),
    gap: async (gap: Gap, over: Partial<RecordClaims> = {}) => {
      const record = { jws: await signGap(key, claims({ seq: gap.to_seq + 1, ...over }), gap), body: noBody.bytes }
      return moved(record, gap.to_seq + 1)
    },
    rotate: async (next: SigningKey) => {
      const record = { jws: await signRotation(key, next, claims()), body: noBody.bytes }
      key = next
      return moved(record, head.seq + 1)
    },
    rewind: (to: { readonly seq: number; readonly hash: string }) => {
      head = to
    },
  }
}
