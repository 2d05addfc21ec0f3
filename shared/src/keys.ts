import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { calculateJwkThumbprint } from 'jose'
import { z } from 'zod'
import { bytes32Pattern, Thumbprint } from './ids.ts'

/** Ed25519 keys. Everything random is an argument: a key is its 32-byte seed, and who made the seed keeps it. */

export const PublicJwk = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(bytes32Pattern, 'is not 32 bytes in base64url'),
})
export type PublicJwk = z.infer<typeof PublicJwk>

export interface VerifyingKey {
  readonly jwk: PublicJwk
  readonly kid: Thumbprint
  readonly key: KeyObject
}

/** Verifies too: `key` is its public half. */
export interface SigningKey extends VerifyingKey {
  readonly privateKey: KeyObject
}

/** RFC 8410: what stands before the seed in a PKCS #8 Ed25519 key. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

export const keyFromSeed = async (seed: Uint8Array): Promise<SigningKey> => {
  if (seed.length !== 32) throw new Error(`an Ed25519 seed has 32 bytes, not ${seed.length}`)
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' })
  const key = createPublicKey(privateKey)
  const jwk = PublicJwk.parse(key.export({ format: 'jwk' }))
  return { jwk, kid: await thumbprint(jwk), key, privateKey }
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
