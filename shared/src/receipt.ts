import { z } from 'zod'
import { Digest, ProberId, Thumbprint } from './ids.ts'
import { signJws, types, verifyJws } from './jws.ts'
import { PublicJwk, type SigningKey, type VerifyingKey } from './keys.ts'

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
