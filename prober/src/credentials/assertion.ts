import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { z } from 'zod'

/**
 * A service account says who it is in a JWT that its key signs (RFC 7523): pure. The key stays here; what leaves is one
 * assertion, for one audience, good for an hour.
 */
export interface ServiceAccount {
  readonly email: string
  readonly keyId: string | null
  readonly key: KeyObject
}

export type ReadAccount =
  | { readonly ok: true; readonly account: ServiceAccount }
  | { readonly ok: false; readonly what: string }

const KeyFile = z.looseObject({
  type: z.literal('service_account'),
  client_email: z.email().max(256),
  private_key: z.string(),
  private_key_id: z.string().max(256).optional(),
})

/**
 * The JSON file of a service account, as Google hands it out. Where its token is fetched stands in it too, and is not
 * looked at: that is the provider file's to say.
 */
export const readAccount = (text: string): ReadAccount => {
  const json = parsed(text)
  if (json === undefined) return { ok: false, what: 'is no JSON' }
  const file = KeyFile.safeParse(json)
  if (!file.success) return { ok: false, what: 'is not the key file of a service account' }
  const key = privateKey(file.data.private_key)
  if (key === null) return { ok: false, what: 'holds no RSA key of 2048 bits or more' }
  return { ok: true, account: { email: file.data.client_email, keyId: file.data.private_key_id ?? null, key } }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const leastBits = 2048

const privateKey = (pem: string): KeyObject | null => {
  try {
    const key = createPrivateKey(pem)
    return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= leastBits ? key : null
  } catch {
    return null
  }
}

export interface Claims {
  readonly audience: string
  readonly scope: string
  readonly nowMs: number
}

const lifetimeS = 3600

export const assertionOf = ({ email, keyId, key }: ServiceAccount, { audience, scope, nowMs }: Claims): string => {
  const iat = Math.floor(nowMs / 1000)
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId === null ? {} : { kid: keyId }) }
  const claims = { iss: email, scope, aud: audience, exp: iat + lifetimeS, iat }
  return signedRs256(JSON.stringify(header), JSON.stringify(claims), key)
}

/** RFC 7515, compact, RS256: both texts are taken as they are. */
export const signedRs256 = (header: string, payload: string, key: KeyObject): string => {
  const signed = [header, payload].map(text => Buffer.from(text).toString('base64url')).join('.')
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`
}
