import {
  type Gap,
  genesis,
  noBody,
  packBody,
  signBatch,
  signGap,
  signReceipt,
  signRotation,
  signSuccessor,
} from './batch.ts'
import type { SigningKey } from './identity.ts'
import { sha256 } from './ids.ts'
import type { LedgerRecord } from './ledger.ts'
import { proberId, type SampleKeys, sampleClaims } from './sample-records.ts'

/** For tests: a prober and its aggregator, and what the one took from the other. */
export const writeLedger = (keys: SampleKeys) => {
  const ledger: LedgerRecord[] = []
  let head = { seq: 0, hash: genesis }
  let prober: SigningKey = keys.prober
  let aggregator: SigningKey = keys.aggregator
  const take = async (seq: number, jws: string, body: Uint8Array, next?: SigningKey) => {
    head = { seq, hash: sha256(jws) }
    const named = next === undefined ? {} : { next: await signSuccessor(aggregator, next) }
    ledger.push({ jws, body, receipt: await signReceipt(aggregator, { sub: proberId, seq, h: head.hash, ...named }) })
  }
  const claims = (seq: number) => sampleClaims(keys, { seq, prev: head.hash, aud: aggregator.kid })
  const writing = {
    batch: async (lines = ['{"a":1}'], next?: SigningKey) => {
      const body = packBody(lines)
      await take(head.seq + 1, await signBatch(prober, claims(head.seq + 1), body), body.bytes, next)
      return writing
    },
    gap: async (missing: number) => {
      const [from_seq, to_seq] = [head.seq + 1, head.seq + missing]
      const gap: Gap = { from_seq, to_seq, from: null, to: null, lost: 7, reason: 'spool_full' }
      await take(to_seq + 1, await signGap(prober, claims(to_seq + 1), gap), noBody.bytes)
      return writing
    },
    rotate: async (next: SigningKey) => {
      await take(head.seq + 1, await signRotation(prober, next, claims(head.seq + 1)), noBody.bytes)
      prober = next
      return writing
    },
    serveWith: (next: SigningKey) => {
      aggregator = next
      return writing
    },
    ledger: (): readonly LedgerRecord[] => ledger,
  }
  return writing
}

/** Two batches, a rotation, a gap over three numbers, one more batch. */
export const longLedger = async (keys: SampleKeys): Promise<readonly LedgerRecord[]> => {
  const writing = await (await writeLedger(keys).batch(['{"a":1}', '{"b":2}'])).batch()
  await (await writing.rotate(keys.successor)).gap(3)
  return (await writing.batch()).ledger()
}
