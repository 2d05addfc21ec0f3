import { z } from 'zod'
import { type Body, noBody } from './body.ts'
import {
  type BatchClaims,
  type BatchType,
  batchVersion,
  type Gap,
  type GapClaims,
  isBatchType,
  limits,
  type RecordClaims,
  type RotateClaims,
  readClaims,
} from './claims.ts'
import { Digest, ProberId, sha256, type Thumbprint } from './ids.ts'
import { openJws, type ProtectedHeader, readHeader, signJws, types, verifyJws } from './jws.ts'
import { keyFromJwk, type SigningKey, type VerifyingKey } from './keys.ts'
import { type Refused, refuse } from './refusal.ts'

export { type Body, inflateLines, noBody, packBody } from './body.ts'
export {
  type About,
  type BatchClaims,
  type BatchType,
  batchVersion,
  type Gap,
  type GapClaims,
  gapReasons,
  genesis,
  limits,
  type RecordClaims,
  type RotateClaims,
} from './claims.ts'
export { type Receipt, receiptHolds, type Successor, signReceipt, signSuccessor, successorIn } from './receipt.ts'
export { type Refusal, type Refused, refusals } from './refusal.ts'

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

export const contentType = 'application/vnd.llmstatus.batch+gzip'
export const jwsHeader = 'batch-jws'

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
  const signed = await openJws(input.key, header.typ, input.jws)
  if (!signed.ok && signed.why === 'unsigned') return refuse('bad_signature', 'the signature does not hold')
  if (!signed.ok) return refuse('bad_claims', 'not the one JSON text of what it says')
  const read = readClaims(header.typ, signed.value)
  if (!read.ok) return refuse('bad_claims', read.reason)
  const claims = read.value
  if (claims.iss !== input.prober) return refuse('bad_claims', 'iss: is another prober')
  if (!input.audiences.includes(claims.aud)) return refuse('bad_claims', 'aud: is another aggregator')
  if (claims.len !== input.body.length) return refuse('digest_mismatch', 'len: is not the length of the body')
  if (claims.dig !== sha256(input.body)) return refuse('digest_mismatch', 'dig: is not the SHA-256 of the body')
  const opened = { ok: true, hash: sha256(input.jws), dropped: read.dropped } as const
  if (!('jwk' in claims)) return { ...opened, type: header.typ, claims } as Opened
  const successor = await keyFromJwk(claims.jwk)
  if (!(await provesItself(successor, claims)))
    return refuse('bad_claims', 'proof: is not by the new key for this place')
  return { ...opened, type: types.rotate, claims, successor }
}

const Proof = z.strictObject({ iss: ProberId, seq: z.int(), prev: Digest })

const provesItself = async (successor: VerifyingKey, claims: RotateClaims): Promise<boolean> => {
  const proof = Proof.safeParse(await verifyJws(successor, types.rotateProof, claims.proof))
  return (
    proof.success && proof.data.iss === claims.iss && proof.data.seq === claims.seq && proof.data.prev === claims.prev
  )
}
