import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import {
  CompactSign,
  calculateJwkThumbprint,
  compactVerify,
  flattenedVerify,
  GeneralSign,
  type GeneralJWS,
} from 'jose'
import { z } from 'zod'
import { ProberId, Thumbprint } from './ids.ts'

/**
 * Ed25519 keys, the enrolment token, and the two signatures of an enrolment. Everything random is an argument: a key
 * is its 32-byte seed, and the program that made the seed keeps it.
 *
 * Invariants
 * - A signed text is verified before it is parsed, with the algorithm fixed here and never read from its header.
 * - A protected header has exactly `alg`, `typ` and `kid`. `jwk`, `jku`, `x5c`, `x5u` and `crit` have no place in it.
 * - The token's seed signs the prober's new key, and the prober's new key signs the same bytes; the seed itself never
 *   travels, so a proxy that opens TLS can neither enrol for itself nor swap the key.
 */

export const PublicJwk = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
})
export type PublicJwk = z.infer<typeof PublicJwk>

export interface SigningKey {
  readonly jwk: PublicJwk
  readonly kid: Thumbprint
  readonly key: KeyObject
}

export interface VerifyingKey {
  readonly jwk: PublicJwk
  readonly kid: Thumbprint
  readonly key: KeyObject
}

/** RFC 8410: what stands before the seed in a PKCS #8 Ed25519 key. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

export const keyFromSeed = async (seed: Uint8Array): Promise<SigningKey> => {
  if (seed.length !== 32) throw new Error(`an Ed25519 seed has 32 bytes, not ${seed.length}`)
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' })
  const jwk = PublicJwk.parse(createPublicKey(key).export({ format: 'jwk' }))
  return { jwk, kid: await thumbprint(jwk), key }
}

export const keyFromJwk = async (jwk: PublicJwk): Promise<VerifyingKey> => ({
  jwk,
  kid: await thumbprint(jwk),
  key: createPublicKey({ key: jwk, format: 'jwk' }),
})

export const thumbprint = async (jwk: PublicJwk): Promise<Thumbprint> =>
  Thumbprint.parse(await calculateJwkThumbprint(jwk, 'sha256'))

/** A thumbprint as two people compare it aloud: the first 16 of its bytes as 8 groups of 4 hex digits. */
export const thumbprintGroups = (kid: Thumbprint): string =>
  (Buffer.from(kid, 'base64url').subarray(0, 16).toString('hex').match(/.{4}/g) ?? []).join(' ')

export const types = {
  batch: 'llmstatus-batch+jws',
  gap: 'llmstatus-gap+jws',
  rotate: 'llmstatus-rotate+jws',
  rotateProof: 'llmstatus-rotate-proof+jws',
  receipt: 'llmstatus-receipt+jws',
  enrol: 'llmstatus-enrol+jws',
} as const
export type JwsType = (typeof types)[keyof typeof types]

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export const signJws = (signer: SigningKey, typ: JwsType, claims: unknown): Promise<string> =>
  new CompactSign(encoder.encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'Ed25519', typ, kid: signer.kid })
    .sign(signer.key)

const ProtectedHeader = z.strictObject({
  alg: z.literal('Ed25519'),
  typ: z.enum(Object.values(types) as [JwsType, ...JwsType[]]),
  kid: Thumbprint,
})
export type ProtectedHeader = z.infer<typeof ProtectedHeader>

/** Reads who claims to have signed, and trusts none of it. Null when it is not one of our headers, exactly. */
export const readHeader = (jws: string): ProtectedHeader | null => {
  const parts = jws.split('.')
  if (parts.length !== 3 || !parts.every(part => /^[A-Za-z0-9_-]+$/.test(part))) return null
  return readProtected(parts[0] ?? '')
}

const readProtected = (encoded: string): ProtectedHeader | null => {
  try {
    return ProtectedHeader.parse(JSON.parse(decoder.decode(Buffer.from(encoded, 'base64url'))))
  } catch {
    return null
  }
}

/** The payload of a text that this key signed as this type, or null. Nothing is parsed before the signature holds. */
export const verifyJws = async (verifier: VerifyingKey, typ: JwsType, jws: string): Promise<unknown> => {
  const header = readHeader(jws)
  if (header === null || header.typ !== typ || header.kid !== verifier.kid) return null
  try {
    const { payload } = await compactVerify(jws, verifier.key, { algorithms: ['Ed25519'] })
    return JSON.parse(decoder.decode(payload))
  } catch {
    return null
  }
}

// ── the enrolment token ──────────────────────────────────────────────────────────────────────────────────────────

export interface EnrolToken {
  readonly url: string
  readonly aggregator: Thumbprint
  readonly seed: Uint8Array
  readonly expiresMs: number
}

const TokenBody = z.strictObject({
  u: z.url({ protocol: /^https?$/ }),
  k: Thumbprint,
  s: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  e: z.int().positive(),
})

export const writeToken = (token: EnrolToken): string => {
  const body = {
    u: token.url,
    k: token.aggregator,
    s: Buffer.from(token.seed).toString('base64url'),
    e: Math.floor(token.expiresMs / 1000),
  }
  return `lls1.${Buffer.from(JSON.stringify(body)).toString('base64url')}`
}

export const readToken = (text: string): EnrolToken | null => {
  const match = /^lls1\.([A-Za-z0-9_-]+)$/.exec(text.trim())
  if (match === null) return null
  try {
    const body = TokenBody.parse(JSON.parse(decoder.decode(Buffer.from(match[1] ?? '', 'base64url'))))
    return { url: body.u, aggregator: body.k, seed: Buffer.from(body.s, 'base64url'), expiresMs: body.e * 1000 }
  } catch {
    return null
  }
}

// ── enrolment ────────────────────────────────────────────────────────────────────────────────────────────────────

export const Name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/, 'is not a name of at most 64 plain characters')
export const Region = z.string().regex(/^[A-Za-z0-9 ._-]{1,64}$/, 'is not a label of at most 64 plain characters')

export const EnrolRequest = z.strictObject({
  v: z.literal(1),
  aud: Thumbprint,
  jwk: PublicJwk,
  name: Name,
  region: Region.nullable(),
  version: z.string().max(32),
  iat: z.int(),
})
export type EnrolRequest = z.infer<typeof EnrolRequest>

export const EnrolAnswer = z.object({
  prober_id: ProberId,
  state: z.enum(['pending', 'approved', 'revoked']),
  thumbprint: Thumbprint,
})
export type EnrolAnswer = z.infer<typeof EnrolAnswer>

export const enrolRefusals = ['token_invalid', 'token_used', 'name_taken'] as const
export type EnrolRefusal = (typeof enrolRefusals)[number]

export const signEnrolment = (token: SigningKey, prober: SigningKey, request: EnrolRequest): Promise<GeneralJWS> => {
  const jws = new GeneralSign(encoder.encode(JSON.stringify(request)))
  for (const signer of [token, prober])
    jws.addSignature(signer.key).setProtectedHeader({ alg: 'Ed25519', typ: types.enrol, kid: signer.kid })
  return jws.sign()
}

const EnrolEnvelope = z.strictObject({
  payload: z.string().max(4096),
  signatures: z.tuple([
    z.strictObject({ protected: z.string().max(512), signature: z.string().max(128) }),
    z.strictObject({ protected: z.string().max(512), signature: z.string().max(128) }),
  ]),
})

/** Whose token this claims to be, before anything is trusted: the thumbprint to look the token up by. */
export const readEnrolmentToken = (envelope: unknown): Thumbprint | null => {
  const parsed = EnrolEnvelope.safeParse(envelope)
  const header = parsed.success ? readProtected(parsed.data.signatures[0].protected) : null
  return header?.typ === types.enrol ? header.kid : null
}

/** Both signatures must hold: the token's, then the new key's over the very bytes that carry it. */
export const verifyEnrolment = async (token: VerifyingKey, envelope: unknown): Promise<EnrolRequest | null> => {
  const parsed = EnrolEnvelope.safeParse(envelope)
  if (!parsed.success) return null
  const { payload, signatures } = parsed.data
  const byToken = await verifyOne(token, payload, signatures[0])
  const request = EnrolRequest.safeParse(byToken)
  if (!request.success) return null
  const byProber = await verifyOne(await keyFromJwk(request.data.jwk), payload, signatures[1])
  return byProber === null ? null : request.data
}

const verifyOne = async (
  verifier: VerifyingKey,
  payload: string,
  part: { protected: string; signature: string },
): Promise<unknown> => {
  const header = readProtected(part.protected)
  if (header?.typ !== types.enrol || header.kid !== verifier.kid) return null
  try {
    const verified = await flattenedVerify({ payload, ...part }, verifier.key, { algorithms: ['Ed25519'] })
    return JSON.parse(decoder.decode(verified.payload))
  } catch {
    return null
  }
}
