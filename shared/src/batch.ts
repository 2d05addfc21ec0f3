import { gunzipSync, gzipSync } from 'node:zlib'
import { z } from 'zod'
import { Digest, Instant, ProberId, sha256, Thumbprint, Uuid7 } from './ids.ts'
import {
  type JwsType,
  keyFromJwk,
  PublicJwk,
  type ProtectedHeader,
  readHeader,
  type SigningKey,
  signJws,
  types,
  type VerifyingKey,
  verifyJws,
} from './identity.ts'
import { readVersioned } from './strict.ts'

/**
 * A batch is NDJSON, gzipped, and a compact JWS over a manifest that holds the SHA-256 of those very bytes.
 *
 * Invariants
 * - Order on the way out: serialise → compress → hash → sign. The bytes that were hashed are the bytes that are sent,
 *   stored and re-verified; nothing is ever serialised again.
 * - Order on the way in: size → header → signature → claims → digest → (chain, see chain.ts) → inflate → lines.
 *   Nothing that is not authenticated is inflated or parsed.
 * - `prev` is the SHA-256 of the ASCII of the previous compact JWS, so whoever holds the head holds the history.
 * - A clock in a claim is recorded and never a reason to refuse: the chain stops replays, not the clock.
 */

export const limits = {
  bodyBytes: 1 << 20,
  inflatedBytes: 8 << 20,
  lines: 2000,
  jwsBytes: 4096,
} as const

export const contentType = 'application/vnd.llmstatus.batch+gzip'
export const jwsHeader = 'batch-jws'
export const batchVersion = 1
/** What `prev` is before there is anything. */
export const genesis = 'A'.repeat(43)

/** Refused with 422: this batch will never be taken as it is. */
export const refusals = ['bad_signature', 'bad_claims', 'digest_mismatch', 'bad_gzip'] as const
export type Refusal = (typeof refusals)[number]

export const gapReasons = ['spool_full', 'rejected', 'corrupt', 'aggregator_rewound', 'rewound'] as const

/** `from_seq`..`to_seq` never came and never will. Where only results were lost, to_seq is from_seq − 1. */
const Gap = z.strictObject({
  from_seq: z.int().min(1),
  to_seq: z.int().min(0),
  from: Instant.nullable(),
  to: Instant.nullable(),
  lost: z.int().min(0),
  reason: z.enum(gapReasons),
})
export type Gap = z.infer<typeof Gap>

const About = z.strictObject({
  version: z.string().max(32),
  region: z.string().max(64).nullable(),
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
  iat: z.int().min(0),
  seq: z.int().min(1),
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

const claimsOf = {
  [types.batch]: z.strictObject(common),
  [types.gap]: z.strictObject({ ...common, ...empty, gap: Gap }),
  [types.rotate]: z.strictObject({ ...common, ...empty, jwk: PublicJwk, proof: z.string().max(1024) }),
} as const

export type BatchType = keyof typeof claimsOf
export type BatchClaims = z.infer<(typeof claimsOf)[typeof types.batch]>
export type GapClaims = z.infer<(typeof claimsOf)[typeof types.gap]>
export type RotateClaims = z.infer<(typeof claimsOf)[typeof types.rotate]>

export interface Body {
  readonly bytes: Uint8Array
  readonly ulen: number
  readonly n: number
}

/** These bytes are the body: hashed, sent and stored as they are. */
export const packBody = (lines: readonly string[]): Body => {
  const text = Buffer.from(lines.map(line => `${line}\n`).join(''))
  return { bytes: gzipSync(text, { level: 9 }), ulen: text.length, n: lines.length }
}

export const noBody: Body = { bytes: new Uint8Array(0), ulen: 0, n: 0 }

/** What every record says of itself, whatever it carries. */
export type RecordClaims = Omit<BatchClaims, 'v' | 'dig' | 'len' | 'ulen' | 'n'>

const manifest = (claims: RecordClaims, body: Body): BatchClaims => ({
  v: batchVersion,
  ...claims,
  dig: sha256(body.bytes),
  len: body.bytes.length,
  ulen: body.ulen,
  n: body.n,
})

export const signBatch = (key: SigningKey, claims: RecordClaims, body: Body): Promise<string> =>
  signJws(key, types.batch, manifest(claims, body))

export const signGap = (key: SigningKey, claims: RecordClaims, gap: Gap): Promise<string> =>
  signJws(key, types.gap, { ...manifest(claims, noBody), gap })

/** Signed by the old key; the new one proves itself over the place in the chain, so that no proof can be used twice. */
export const signRotation = async (oldKey: SigningKey, newKey: SigningKey, claims: RecordClaims): Promise<string> => {
  const proof = await signJws(newKey, types.rotateProof, { iss: claims.iss, seq: claims.seq, prev: claims.prev })
  return signJws(oldKey, types.rotate, { ...manifest(claims, noBody), jwk: newKey.jwk, proof })
}

export type Opened = { readonly ok: true; readonly hash: string; readonly dropped: number } & (
  | { readonly type: typeof types.batch; readonly claims: BatchClaims }
  | { readonly type: typeof types.gap; readonly claims: GapClaims }
  | { readonly type: typeof types.rotate; readonly claims: RotateClaims; readonly successor: VerifyingKey }
)
export type Refused = { readonly ok: false; readonly code: Refusal; readonly detail: string }

const refuse = (code: Refusal, detail: string): Refused => ({ ok: false, code, detail })

const isBatchType = (typ: JwsType): typ is BatchType => typ in claimsOf

/** Whose key to look up. Nothing here is trusted yet. */
export const readBatchHeader = (jws: string): (ProtectedHeader & { readonly typ: BatchType }) | null => {
  if (jws.length > limits.jwsBytes) return null
  const header = readHeader(jws)
  return header !== null && isBatchType(header.typ) ? { ...header, typ: header.typ } : null
}

/** Everything that can be known without the chain: signature, claims, digest. The body is not inflated here. */
export const openBatch = async (input: {
  readonly jws: string
  readonly body: Uint8Array
  readonly key: VerifyingKey
  readonly prober: ProberId
  readonly audiences: readonly Thumbprint[]
}): Promise<Opened | Refused> => {
  const header = readBatchHeader(input.jws)
  if (header === null) return refuse('bad_signature', 'the header is not one of ours')
  const payload = await verifyJws(input.key, header.typ, input.jws)
  if (payload === null) return refuse('bad_signature', 'the signature does not hold')
  const read = readClaims(header.typ, payload)
  if (!read.ok) return refuse('bad_claims', read.reason)
  const claims = read.value
  if (claims.iss !== input.prober) return refuse('bad_claims', 'iss: is another prober')
  if (!input.audiences.includes(claims.aud)) return refuse('bad_claims', 'aud: is another aggregator')
  if (claims.len !== input.body.length) return refuse('digest_mismatch', 'len: is not the length of the body')
  if (claims.dig !== sha256(input.body)) return refuse('digest_mismatch', 'dig: is not the SHA-256 of the body')
  const opened = { ok: true, hash: sha256(input.jws), dropped: read.dropped } as const
  if (!('jwk' in claims)) return { ...opened, type: header.typ, claims } as Opened
  const successor = await keyFromJwk(claims.jwk)
  if (!(await provesItself(successor, claims))) return refuse('bad_claims', 'proof: is not by the new key for this place')
  return { ...opened, type: types.rotate, claims, successor }
}

const readClaims = (typ: BatchType, payload: unknown) => {
  const theirs = z.looseObject({ v: z.int() }).safeParse(payload)
  const version = { theirs: theirs.success ? theirs.data.v : batchVersion, ours: batchVersion }
  return readVersioned<BatchClaims | GapClaims | RotateClaims>(claimsOf[typ], payload, version)
}

const Proof = z.strictObject({ iss: ProberId, seq: z.int(), prev: Digest })

const provesItself = async (successor: VerifyingKey, claims: RotateClaims): Promise<boolean> => {
  const proof = Proof.safeParse(await verifyJws(successor, types.rotateProof, claims.proof))
  return (
    proof.success &&
    proof.data.iss === claims.iss &&
    proof.data.seq === claims.seq &&
    proof.data.prev === claims.prev
  )
}

/** Only for a body whose digest held. A bomb stops at `ulen`. */
export const inflateLines = (body: Uint8Array, claims: BatchClaims): readonly string[] | Refused => {
  if (claims.len === 0) return []
  let text: Buffer
  try {
    text = gunzipSync(body, { maxOutputLength: Math.max(1, claims.ulen) })
  } catch (error) {
    return refuse('bad_gzip', error instanceof Error ? error.message.slice(0, 120) : 'not gzip')
  }
  const lines = text.toString('utf8').split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.length > limits.lines ? refuse('bad_gzip', `more than ${limits.lines} lines`) : lines
}

// ── receipts ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** A newer aggregator may say more; what frees spool space is exactly these four. */
const Receipt = z.object({
  iss: Thumbprint,
  sub: ProberId,
  seq: z.int().min(1),
  h: Digest,
  next: z.object({ jwk: PublicJwk, sig: z.string() }).optional(),
})
export type Receipt = z.infer<typeof Receipt>

export const signReceipt = (key: SigningKey, receipt: Omit<Receipt, 'iss'>): Promise<string> =>
  signJws(key, types.receipt, { iss: key.kid, ...receipt })

/** True only for a receipt of this pinned aggregator, for this prober, this seq and these very bytes. */
export const receiptHolds = async (
  aggregator: VerifyingKey,
  jws: string,
  expected: { readonly sub: ProberId; readonly seq: number; readonly h: string },
): Promise<Receipt | null> => {
  const receipt = Receipt.safeParse(await verifyJws(aggregator, types.receipt, jws))
  if (!receipt.success || receipt.data.iss !== aggregator.kid) return null
  const { sub, seq, h } = receipt.data
  return sub === expected.sub && seq === expected.seq && h === expected.h ? receipt.data : null
}
