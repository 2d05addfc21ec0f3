import { type Body, contentType, genesis, jwsHeader, packBody, signBatch } from '@llmstatus/shared/batch'
import {
  keyFromSeed,
  openEnrolAnswer,
  readToken,
  type SigningKey,
  signEnrolment,
  type VerifyingKey,
} from '@llmstatus/shared/identity'
import { type ProberId, sha256, uuid7 } from '@llmstatus/shared/ids'
import { seededRandom } from './random.ts'

/** Probers as an aggregator sees them: a key, a chain, and signed bytes on the wire. */
export interface Sealed {
  readonly seq: number
  readonly jws: string
  readonly body: Uint8Array
}

export interface Sender {
  readonly name: string
  readonly id: ProberId
  readonly key: SigningKey
  readonly aggregator: VerifyingKey
  readonly seal: (lines: readonly string[]) => Promise<Sealed>
}

export interface Enrolling {
  readonly url: string
  readonly token: string
  readonly name: string
  /** The same one makes the same key. */
  readonly seed: string
}

/** Over HTTP, as a prober does at its first start. */
export const enrolSender = async ({ url, token: text, name, seed }: Enrolling): Promise<Sender> => {
  const token = readToken(text)
  if (token === null) throw new Error('not a token')
  const random = seededRandom(seed)
  const key = await keyFromSeed(random(32))
  const envelope = await signEnrolment(await keyFromSeed(token.seed), key, {
    v: 1,
    aud: token.aggregator,
    jwk: key.jwk,
    name,
    region: null,
    version: '0.1.0',
    iat: Math.floor(Date.now() / 1000),
  })
  const headers = { 'content-type': 'application/jose+json' }
  const response = await fetch(`${url}/api/v1/enrol`, { method: 'POST', headers, body: JSON.stringify(envelope) })
  if (response.status !== 201) throw new Error(`${name} was not enrolled: ${response.status} ${await response.text()}`)
  const { answer } = (await response.json()) as { answer: string }
  const opened = await openEnrolAnswer(answer, { aggregator: token.aggregator, prober: key.kid })
  if (opened === null) throw new Error(`the answer to ${name} is not signed as its token says`)
  return senderOf({ name, id: opened.answer.prober_id, key, aggregator: opened.aggregator }, random)
}

type Who = Omit<Sender, 'seal'>

const senderOf = (who: Who, random: (count: number) => Uint8Array): Sender => {
  let head = { seq: 0, hash: genesis }
  const boot = uuid7(Date.now(), random(10))
  const seal = async (body: Body): Promise<Sealed> => {
    const seq = head.seq + 1
    const claims = {
      iss: who.id,
      aud: who.aggregator.kid,
      jti: uuid7(Date.now(), random(10)),
      iat: Math.floor(Date.now() / 1000),
      seq,
      prev: head.hash,
      from: null,
      to: null,
      defs: sha256('definitions'),
      boot,
      mono: seq,
    }
    const jws = await signBatch(who.key, claims, body)
    head = { seq, hash: sha256(jws) }
    return { seq, jws, body: body.bytes }
  }
  return { ...who, seal: lines => seal(packBody(lines)) }
}

export interface Answered {
  readonly status: number
  readonly retryAfterS: number | null
  readonly text: string
}

export const sendSealed = async (url: string, { jws, body }: Sealed): Promise<Answered> => {
  const headers = { 'content-type': contentType, [jwsHeader]: jws }
  const response = await fetch(`${url}/api/v1/batches`, { method: 'POST', headers, body: Buffer.from(body) })
  const after = response.headers.get('retry-after')
  return { status: response.status, retryAfterS: after === null ? null : Number(after), text: await response.text() }
}
