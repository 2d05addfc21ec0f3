import { z } from 'zod'
import { Region, Version } from './enrolment.ts'
import { Digest, Instant, ProberId, sha256, Thumbprint, Uuid7 } from './ids.ts'
import { types } from './jws.ts'
import { PublicJwk } from './keys.ts'
import { type Read, readVersioned } from './strict.ts'

/** What a record of the chain says of itself: the manifest that is signed. */

export const limits = {
  bodyBytes: 1 << 20,
  inflatedBytes: 8 << 20,
  lines: 2000,
  jwsBytes: 4096,
  /** A Postgres int holds more; at one batch a second this is sixty years. */
  seq: 2_000_000_000,
} as const

export const batchVersion = 1
/** What `prev` is before there is anything. */
export const genesis = 'A'.repeat(43)

const Seq = z.int().min(1).max(limits.seq)
/** Seconds that still are a date. Whether it is a plausible one is flagged, never a reason to refuse. */
const UnixSeconds = z
  .int()
  .min(0)
  .max(Date.UTC(9999, 11, 31) / 1000)

export const gapReasons = ['spool_full', 'rejected', 'corrupt', 'aggregator_rewound', 'rewound'] as const

/** `from_seq`..`to_seq` never came and never will. Where only results were lost, to_seq is from_seq − 1. */
export const Gap = z.strictObject({
  from_seq: Seq,
  to_seq: z.int().min(0).max(limits.seq),
  from: Instant.nullable(),
  to: Instant.nullable(),
  lost: z.int().min(0),
  reason: z.enum(gapReasons),
})
export type Gap = z.infer<typeof Gap>

const About = z.strictObject({
  version: Version,
  region: Region.nullable(),
  continent: z.enum(['af', 'an', 'as', 'eu', 'na', 'oc', 'sa']).nullable(),
  offset_ms: z.int().nullable(),
  spool_bytes: z.int().min(0),
  oldest: Instant.nullable(),
})
export type About = z.infer<typeof About>

const common = {
  v: z.int().min(1),
  iss: ProberId,
  aud: Thumbprint,
  jti: Uuid7,
  iat: UnixSeconds,
  seq: Seq,
  prev: Digest,
  dig: Digest,
  len: z.int().min(0).max(limits.bodyBytes),
  ulen: z.int().min(0).max(limits.inflatedBytes),
  n: z.int().min(0).max(limits.lines),
  from: Instant.nullable(),
  to: Instant.nullable(),
  defs: Digest,
  boot: Uuid7,
  mono: z.int().min(0),
  about: About.optional(),
}

/** A record without a body carries the digest and length of nothing, and no other. */
const empty = { dig: z.literal(sha256('')), len: z.literal(0), ulen: z.literal(0), n: z.literal(0) }

export const BatchClaims = z.strictObject(common)
export const GapClaims = z
  .strictObject({ ...common, ...empty, gap: Gap })
  .refine(({ seq, gap }) => gap.to_seq === seq - 1 && gap.from_seq <= seq, {
    path: ['gap'],
    message: 'does not end right before its own seq',
  })
export const RotateClaims = z.strictObject({ ...common, ...empty, jwk: PublicJwk, proof: z.string().max(1024) })

export type BatchClaims = z.infer<typeof BatchClaims>
export type GapClaims = z.infer<typeof GapClaims>
export type RotateClaims = z.infer<typeof RotateClaims>

/** What every record says of itself, whatever it carries. */
export type RecordClaims = Omit<BatchClaims, 'v' | 'dig' | 'len' | 'ulen' | 'n'>

const claimsOf = {
  [types.batch]: z.compile(BatchClaims),
  [types.gap]: GapClaims,
  [types.rotate]: RotateClaims,
} as const
export type BatchType = keyof typeof claimsOf

export const isBatchType = (typ: string): typ is BatchType => Object.hasOwn(claimsOf, typ)

export const readClaims = (typ: BatchType, payload: unknown): Read<BatchClaims | GapClaims | RotateClaims> => {
  const version = { theirs: versionOf(payload), ours: batchVersion }
  return readVersioned<BatchClaims | GapClaims | RotateClaims>(claimsOf[typ], payload, version)
}

/** Before anything is known of its shape; a version that cannot be one is refused with the rest. */
const versionOf = (payload: unknown): number =>
  payload !== null && typeof payload === 'object' && 'v' in payload && typeof payload.v === 'number' ? payload.v : 0
