import { z } from 'zod'
import { ProberId, Thumbprint, Uuid7 } from './ids.ts'
import { openJws, readHeader, signJws, types } from './jws.ts'
import type { SigningKey, VerifyingKey } from './keys.ts'

/**
 * Who asks, for a request without a signed body: `Authorization: Bearer <compact JWS>` by the prober's own key, good for
 * one method, one path and one minute either way of its clock.
 */
const Claims = z.strictObject({
  iss: ProberId,
  htm: z.literal('GET'),
  /** What was asked, as the prober knows it: a proxy in front may give it another host and another beginning. */
  htu: z.url({ protocol: /^https?$/ }).max(1024),
  iat: z.int().min(0),
  jti: Uuid7,
})
export type RequestClaims = z.infer<typeof Claims>

export const requestWindowMs = 60_000

const mostChars = 4096

export const signRequest = (key: SigningKey, claims: RequestClaims): Promise<string> =>
  signJws(key, types.request, Claims.parse(claims))

/** Whose key to look up; nothing of it is trusted yet. */
export const readRequestKey = (token: string): Thumbprint | null => {
  const header = token.length > mostChars ? null : readHeader(token)
  return header?.typ === types.request ? Thumbprint.parse(header.kid) : null
}

export type VerifiedRequest =
  | { readonly ok: true; readonly claims: RequestClaims }
  | { readonly ok: false; readonly reason: 'bad_signature' | 'bad_claims' | 'wrong_time' }

export const verifyRequest = async (
  key: VerifyingKey,
  token: string,
  expected: { readonly prober: ProberId; readonly path: string; readonly nowMs: number },
): Promise<VerifiedRequest> => {
  if (token.length > mostChars) return { ok: false, reason: 'bad_signature' }
  const signed = await openJws(key, types.request, token)
  if (!signed.ok) return { ok: false, reason: signed.why === 'unsigned' ? 'bad_signature' : 'bad_claims' }
  const claims = Claims.safeParse(signed.value)
  if (!claims.success || claims.data.iss !== expected.prober || !leadsTo(claims.data.htu, expected.path))
    return { ok: false, reason: 'bad_claims' }
  const awayMs = Math.abs(claims.data.iat * 1000 - expected.nowMs)
  return awayMs > requestWindowMs ? { ok: false, reason: 'wrong_time' } : { ok: true, claims: claims.data }
}

const leadsTo = (htu: string, path: string): boolean => URL.parse(htu)?.pathname.endsWith(path) ?? false
