import { type GeneralJWS, GeneralSign } from 'jose'
import { z } from 'zod'
import { ProberId, Thumbprint } from './ids.ts'
import { headerOf, readProtected, readText, signJws, types, verifyJws } from './jws.ts'
import { keyFromJwk, PublicJwk, type SigningKey, type VerifyingKey } from './keys.ts'

/**
 * How a prober and an aggregator come to know each other's keys.
 *
 * Invariants
 * - The token's seed signs the prober's new key, and the new key signs the same bytes: a proxy that opens TLS can
 *   neither enrol for itself nor swap the key, and nobody enrols a key that is not theirs.
 * - The token's key never becomes an identity: whoever minted the token knows its seed.
 * - The prober takes the aggregator's key from the answer only if its thumbprint is the one in the token.
 */

export const Name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/, 'is not a name of at most 64 plain characters')
export const Region = z.string().regex(/^[A-Za-z0-9 ._-]{1,64}$/, 'is not a label of at most 64 plain characters')
export const Version = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+_-]{0,31}$/, 'is not a version')

export const EnrolRequest = z.strictObject({
  v: z.literal(1),
  aud: Thumbprint,
  jwk: PublicJwk,
  name: Name,
  region: Region.nullable(),
  version: Version,
  iat: z.int().min(0),
})
export type EnrolRequest = z.infer<typeof EnrolRequest>

/** `thumbprint` is the prober's, as it is shown on both sides; `jwk` is the aggregator's key, which signed this. */
export const EnrolAnswer = z.object({
  prober_id: ProberId,
  state: z.enum(['pending', 'approved', 'revoked', 'quarantined']),
  thumbprint: Thumbprint,
  jwk: PublicJwk,
})
export type EnrolAnswer = z.infer<typeof EnrolAnswer>

export const enrolRefusals = ['token_invalid', 'token_used', 'name_taken'] as const
export type EnrolRefusal = (typeof enrolRefusals)[number]

export const signEnrolment = (token: SigningKey, prober: SigningKey, request: EnrolRequest): Promise<GeneralJWS> => {
  const jws = new GeneralSign(Buffer.from(JSON.stringify(request)))
  for (const signer of [token, prober])
    jws.addSignature(signer.privateKey).setProtectedHeader(headerOf(signer, types.enrol))
  return jws.sign()
}

const Part = z.strictObject({ protected: z.string().max(512), signature: z.string().max(128) })
const EnrolEnvelope = z.strictObject({ payload: z.string().max(4096), signatures: z.tuple([Part, Part]) })

/** Whose token this claims to be, before anything is trusted: the thumbprint to look the token up by. */
export const readEnrolmentToken = (envelope: unknown): Thumbprint | null => {
  const parsed = EnrolEnvelope.safeParse(envelope)
  const header = parsed.success ? readProtected(parsed.data.signatures[0].protected) : null
  return header?.typ === types.enrol ? header.kid : null
}

/** Both signatures must hold: the token's, then the new key's over the very bytes that carry it. */
export const verifyEnrolment = async (
  token: VerifyingKey,
  envelope: unknown,
  aggregator: Thumbprint,
): Promise<EnrolRequest | null> => {
  const parsed = EnrolEnvelope.safeParse(envelope)
  if (!parsed.success) return null
  const { payload, signatures } = parsed.data
  const request = EnrolRequest.safeParse(await verifyPart(token, payload, signatures[0]))
  if (!request.success || request.data.aud !== aggregator) return null
  const prober = await keyFromJwk(request.data.jwk)
  if (prober.kid === token.kid) return null
  return (await verifyPart(prober, payload, signatures[1])) === null ? null : request.data
}

/** One signature of a General JWS is a compact JWS in two pieces. */
const verifyPart = async (verifier: VerifyingKey, payload: string, part: z.infer<typeof Part>): Promise<unknown> =>
  verifyJws(verifier, types.enrol, `${part.protected}.${payload}.${part.signature}`)

export const signEnrolAnswer = (aggregator: SigningKey, answer: Omit<EnrolAnswer, 'jwk'>): Promise<string> =>
  signJws(aggregator, types.receipt, { ...answer, jwk: aggregator.jwk })

/**
 * The answer to this prober by the aggregator whose thumbprint the token pinned, and the key to pin from now on. The
 * key is read before the signature holds: it is nothing until its thumbprint is the pinned one.
 */
export const openEnrolAnswer = async (
  jws: string,
  expected: { readonly aggregator: Thumbprint; readonly prober: Thumbprint },
): Promise<{ readonly answer: EnrolAnswer; readonly aggregator: VerifyingKey } | null> => {
  const claimed = EnrolAnswer.safeParse(readText(Buffer.from(jws.split('.')[1] ?? '', 'base64url')))
  if (!claimed.success) return null
  const aggregator = await keyFromJwk(claimed.data.jwk)
  if (aggregator.kid !== expected.aggregator) return null
  const answer = EnrolAnswer.safeParse(await verifyJws(aggregator, types.receipt, jws))
  return answer.success && answer.data.thumbprint === expected.prober ? { answer: answer.data, aggregator } : null
}
