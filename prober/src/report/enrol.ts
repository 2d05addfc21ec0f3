import { CodedError } from '@llmstatus/shared/errors'
import {
  type EnrolAnswer,
  type EnrolRefusal,
  type EnrolToken,
  enrolRefusals,
  keyFromSeed,
  openEnrolAnswer,
  readToken,
  signEnrolment,
  type VerifyingKey,
} from '@llmstatus/shared/identity'
import { instant, type Thumbprint } from '@llmstatus/shared/ids'
import { reveal, type Secret } from '@llmstatus/shared/secret'
import { z } from 'zod'
import type { Clock, Random } from '../probe.ts'
import type { Files } from '../spool/files.ts'
import type { Door, HttpAnswer } from './door.ts'
import { enrollingSeed, forgetEnrolling, type Identity, saveIdentity } from './identity-file.ts'

/**
 * How a prober and its aggregator meet: `POST /api/v1/enrol`, content type application/jose+json, the General JWS of
 * `signEnrolment` as JSON.
 *
 * 201 (200 for the same token and key again) is a JSON object whose `answer` is the compact JWS of `signEnrolAnswer`:
 * `{prober_id, state, thumbprint, jwk}`, type `llmstatus-receipt+jws`. It is believed only if the thumbprint of its `jwk` is
 * the token's `k`, that key signed it, and `thumbprint` is our own key's. (The same `jwk` stands beside `answer` for people;
 * nothing here reads it.) That key is pinned from then on.
 * 401 `token_invalid` and 409 `token_used`, `name_taken` are JSON with that `code`; without it a status says nothing.
 */
export interface EnrolDeps {
  readonly files: Files
  readonly door: (url: string) => Door
  readonly clock: Clock
  readonly random: Random
  readonly token: EnrolToken
  /** In place of the token's own address. */
  readonly url: string | null
  readonly name: string
  readonly region: string | null
  readonly version: string
}

export type Enrolment =
  | { readonly ok: true; readonly identity: Identity; readonly state: EnrolAnswer['state'] }
  | { readonly ok: false; readonly why: string }

export const openToken = (token: Secret): EnrolToken => {
  const read = readToken(reveal(token))
  if (read !== null) return read
  throw new CodedError('token_invalid', 'LLMSTATUS_ENROL_TOKEN is not an enrolment token.', { hint: newToken })
}

const newToken = 'Make one with `llmstatus-aggregator enrol-token create`; it starts with lls1.'

/** One attempt. Not ok: nobody answered who could know, ask again. A refusal is an error, and leaves nothing behind. */
export const enrol = async (deps: EnrolDeps, timeoutMs: number): Promise<Enrolment> => {
  const { token, clock } = deps
  const url = deps.url ?? token.url
  const seed = await enrollingSeed(deps.files, () => deps.random(32))
  const key = await keyFromSeed(seed)
  const request = {
    v: 1 as const,
    aud: token.aggregator,
    jwk: key.jwk,
    name: deps.name,
    region: deps.region,
    version: deps.version,
    iat: Math.floor(clock.nowMs() / 1000),
  }
  const envelope = await signEnrolment(await keyFromSeed(token.seed), key, request)
  const answer = await post(deps.door(url), JSON.stringify(envelope), timeoutMs)
  if (!answer.ok) return expired(token, clock) ? refused(deps, 'token_invalid') : answer
  if (answer.status !== 200 && answer.status !== 201) return refusedOrNot(deps, answer)
  const trusted = await trust(answer, { aggregator: token.aggregator, prober: key.kid })
  if (trusted === null) return { ok: false, why: `status ${answer.status}, and not from an aggregator` }
  const { prober_id: prober, state } = trusted.answer
  const enrolled = { prober, aggregator: { url, key: trusted.aggregator }, enrolledAt: instant(clock.nowMs()) }
  return { ok: true, identity: await saveIdentity(deps.files, enrolled, seed), state }
}

const post = async (door: Door, envelope: string, timeoutMs: number) => {
  try {
    return await door.call({
      method: 'POST',
      path: '/api/v1/enrol',
      headers: { 'content-type': 'application/jose+json' },
      body: Buffer.from(envelope),
      timeoutMs,
    })
  } finally {
    await door.close()
  }
}

const expired = (token: EnrolToken, clock: Clock): boolean => clock.nowMs() > token.expiresMs

const Answer = z.object({ answer: z.string().max(4096) })

const trust = async (
  { json }: HttpAnswer,
  expected: { readonly aggregator: Thumbprint; readonly prober: Thumbprint },
): Promise<{ readonly answer: EnrolAnswer; readonly aggregator: VerifyingKey } | null> => {
  const envelope = Answer.safeParse(json)
  if (!envelope.success) return null
  const opened = await openEnrolAnswer(envelope.data.answer, expected)
  if (opened !== null) return opened
  throw new CodedError(
    'aggregator_untrusted',
    'What answered the enrolment is not the aggregator that made the token.',
    {
      hint: 'Check the address, and what stands between it and this prober.',
    },
  )
}

const Refusal = z.object({ code: z.enum(enrolRefusals) })

const refusedOrNot = (deps: EnrolDeps, { status, json }: HttpAnswer): Promise<Enrolment> => {
  const refusal = Refusal.safeParse(json)
  if (refusal.success && (status === 401 || status === 409)) return refused(deps, refusal.data.code)
  return Promise.resolve({
    ok: false,
    why: json === null ? `status ${status}, and not from an aggregator` : `status ${status}`,
  })
}

const words: Readonly<Record<EnrolRefusal, readonly [message: string, hint: string]>> = {
  token_invalid: ['The aggregator does not know this enrolment token, or it has expired.', newToken],
  token_used: ['Another prober has used this enrolment token.', newToken],
  name_taken: ['Another prober has this name.', 'Set LLMSTATUS_NAME to a name of its own.'],
}

const refused = async (deps: EnrolDeps, code: EnrolRefusal): Promise<never> => {
  await forgetEnrolling(deps.files)
  const [message, hint] = words[code]
  throw new CodedError(code, code === 'name_taken' ? `${message.slice(0, -1)}: ${deps.name}.` : message, { hint })
}
