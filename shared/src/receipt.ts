import { z } from 'zod'
import { Digest, ProberId, Thumbprint } from './ids.ts'
import { signJws, types, verifyJws } from './jws.ts'
import { keyFromJwk, PublicJwk, type SigningKey, type VerifyingKey } from './keys.ts'

/**
 * What the aggregator signs for a record that it has taken, and how its own key is followed by another.
 *
 * Invariants of a succession
 * - Only the key that a prober has pinned names the next one: `next.sig` is a text of its own, so that it can be kept and
 *   shown again, and it stands in a receipt that the same key signed.
 * - From the first receipt that carries `next`, the aggregator takes records whose `aud` is either key, and signs each
 *   receipt with the key that the record's `aud` names: a prober that was away can always read its first receipt.
 * - The prober has the next key on disk before it names it in an `aud`; it lets go of the old one when the next has signed.
 */

/** The next key of an aggregator, and a compact JWS by the one in force over `{iss, jwk}`. */
const Successor = z.object({ jwk: PublicJwk, sig: z.string().max(1024) })
export type Successor = z.infer<typeof Successor>

/** A newer aggregator may say more; what frees spool space is exactly the first four. */
const Receipt = z.object({
  iss: Thumbprint,
  sub: ProberId,
  seq: z.int().min(1),
  h: Digest,
  next: Successor.optional(),
})
export type Receipt = z.infer<typeof Receipt>

export const signReceipt = (key: SigningKey, receipt: Omit<Receipt, 'iss'>): Promise<string> =>
  signJws(key, types.receipt, { iss: key.kid, ...receipt })

/** The receipt, only if it is this pinned aggregator's, for this prober, this seq and these very bytes; else null. */
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

/** Goes into every receipt as `next`, for as long as there may be a prober that has not heard. */
export const signSuccessor = async (inForce: SigningKey, next: VerifyingKey): Promise<Successor> => ({
  jwk: next.jwk,
  sig: await signJws(inForce, types.successor, { iss: inForce.kid, jwk: next.jwk }),
})

const SuccessorClaims = z.object({ iss: Thumbprint, jwk: PublicJwk })

/** The key that follows the one that signed this receipt; null where none does, or not by its word. */
export const successorIn = async (signer: VerifyingKey, { next }: Receipt): Promise<VerifyingKey | null> => {
  if (next === undefined || next.jwk.x === signer.jwk.x) return null
  const claims = SuccessorClaims.safeParse(await verifyJws(signer, types.successor, next.sig))
  const isNamed = claims.success && claims.data.iss === signer.kid && claims.data.jwk.x === next.jwk.x
  return isNamed ? keyFromJwk(next.jwk) : null
}
