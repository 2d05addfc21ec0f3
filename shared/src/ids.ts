import { createHash } from 'node:crypto'
import { z } from 'zod'

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('base64url')

const uuid7Pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/**
 * 32 bytes as base64url, in their one spelling. The last of the 43 characters has two bits to spare: with those free,
 * one key or digest would have four names.
 */
export const bytes32Pattern = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/

export const Uuid7 = z.string().regex(uuid7Pattern, 'is not a UUIDv7')
export const ProberId = Uuid7.brand<'ProberId'>()
export type ProberId = z.infer<typeof ProberId>
/** RFC 7638 thumbprint of a public key; of an aggregator's key it is the aggregator's id. */
export const Thumbprint = z.string().regex(bytes32Pattern, 'is not a SHA-256 thumbprint').brand<'Thumbprint'>()
export type Thumbprint = z.infer<typeof Thumbprint>
export const Digest = z.string().regex(bytes32Pattern, 'is not a base64url SHA-256')
/**
 * RFC 3339 in UTC with milliseconds: the one way a time is written. `Date.parse` is no judge of it, it takes
 * 30 February for 1 March. Before 1970 there is no UUIDv7 and no clock that was ever set.
 */
export const Instant = z.iso
  .datetime({ precision: 3, error: 'is not RFC 3339 in UTC with milliseconds' })
  .refine(text => text >= '1970', 'is before 1970')
/** A provider file's id, a local target's id, a probe's name. */
export const Slug = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'is not a lower-case name of at most 64 characters')
/**
 * As a provider calls it, `@cf/…` of Cloudflare included: an @ may open it, and then a name follows. Nothing in it climbs,
 * and it is one word wherever it stands. A table that is opened as a spreadsheet has to quote the @.
 */
export const ModelId = z.string().regex(/^(?!.*\.\.)(?=.{1,128}$)@?[A-Za-z0-9][A-Za-z0-9._:/@-]*$/, 'is not a model id')

/** Time-ordered ids: the caller brings the clock and ten random bytes. */
export const uuid7 = (nowMs: number, random: Uint8Array): string => {
  if (random.length < 10) throw new Error(`a UUIDv7 takes 10 random bytes, not ${random.length}`)
  if (!(nowMs >= 0 && nowMs < 2 ** 48)) throw new Error(`a UUIDv7 cannot hold the time ${nowMs}`)
  const hex = Buffer.from(random.subarray(0, 10)).toString('hex')
  const time = Math.floor(nowMs).toString(16).padStart(12, '0')
  const variant = ((Number.parseInt(hex.slice(3, 5), 16) & 0x3f) | 0x80).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(5, 7)}-${hex.slice(7, 19)}`
}

export const instant = (ms: number): string => new Date(ms).toISOString()

/** The same value gives the same text, whatever the order its keys were written in. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )

/** Text from outside, fit for a log line, a column and a screen: printable ASCII, cut to a length. */
export const plain = (text: string, length: number): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, length)
