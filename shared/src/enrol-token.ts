import { z } from 'zod'
import { bytes32Pattern, Thumbprint } from './ids.ts'
import { readText } from './jws.ts'

/**
 * `lls1.` and base64url JSON: where the aggregator is, what its key is, a seed that signs one enrolment, and until
 * when. Whoever has it can enrol once; its seed never travels.
 */
export interface EnrolToken {
  readonly url: string
  readonly aggregator: Thumbprint
  readonly seed: Uint8Array
  readonly expiresMs: number
}

const lastSecond = Date.UTC(9999, 11, 31) / 1000

const isPlainUrl = (text: string): boolean => {
  const url = URL.parse(text)
  return url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
}

const TokenBody = z.strictObject({
  u: z
    .url({ protocol: /^https?$/ })
    .max(512)
    .refine(isPlainUrl, 'is a URL with a user, a query or a fragment'),
  k: Thumbprint,
  s: z.string().regex(bytes32Pattern),
  e: z.int().positive().max(lastSecond),
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

/** Null for what is no token. One that has expired is read all the same, so that it can be said. */
export const readToken = (text: string): EnrolToken | null => {
  const [, encoded] = /^lls1\.([A-Za-z0-9_-]{1,2048})$/.exec(text.trim()) ?? []
  const body = TokenBody.safeParse(encoded === undefined ? null : readText(Buffer.from(encoded, 'base64url')))
  if (!body.success) return null
  const { u, k, s, e } = body.data
  return { url: u, aggregator: k, seed: Buffer.from(s, 'base64url'), expiresMs: e * 1000 }
}

export const isExpired = (token: EnrolToken, nowMs: number): boolean => nowMs >= token.expiresMs
