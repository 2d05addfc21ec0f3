import { z } from 'zod'
import { type BatchType, type Gap, inflateLines, limits, openBatch, receiptHolds, successorIn } from './batch.ts'
import { type Head, noHead, placeInChain } from './chain.ts'
import { Instant, type ProberId, Thumbprint } from './ids.ts'
import { readText, types } from './jws.ts'
import type { VerifyingKey } from './keys.ts'

/**
 * A ledger read again, record by record, as somebody would who trusts nobody but the keys that he brings: each signature
 * by the key that was in force, each digest, each link of the chain, each body, each receipt.
 *
 * Invariants
 * - Own keys change only by a rotate record that holds; the aggregator's only by a receipt that the one before signed.
 * - Numbers jump only over what a signed gap record names.
 * - A ledger whose beginning is no longer kept starts at its first record: what came before that is not vouched for, and
 *   `from` says where it starts.
 */

/** One line of a ledger export. Standard base64, so that `base64 -d | gunzip` shows a person what was sent. */
export const LedgerLine = z.strictObject({
  jws: z.string().max(limits.jwsBytes),
  body: z.base64().max(Math.ceil(limits.bodyBytes / 3) * 4),
  received_at: Instant,
  receipt: z.string().max(4096),
})
export type LedgerLine = z.infer<typeof LedgerLine>

/** What such a line holds. */
export interface LedgerRecord {
  readonly jws: string
  readonly body: Uint8Array
  readonly receipt: string
}

export const writeLedgerLine = (record: LedgerRecord, receivedMs: number): string => {
  const line: LedgerLine = {
    jws: record.jws,
    body: Buffer.from(record.body).toString('base64'),
    received_at: new Date(receivedMs).toISOString(),
    receipt: record.receipt,
  }
  return `${JSON.stringify(line)}\n`
}

/** Null where it is no such line. Nothing in it is trusted yet. */
export const readLedgerLine = (text: string): LedgerRecord | null => {
  const line = LedgerLine.safeParse(readJson(text))
  if (!line.success) return null
  const { jws, body, receipt } = line.data
  return { jws, body: Buffer.from(body, 'base64'), receipt }
}

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What holds up to here, and what the next record must hold against. */
export interface Walk {
  readonly prober: ProberId
  /** Null before the first record, where the ledger may begin anywhere. */
  readonly head: Head | null
  /** In force for the next record. */
  readonly key: VerifyingKey
  /** Whose receipts count; null where none is known, and receipts are not looked at. */
  readonly aggregators: readonly VerifyingKey[] | null
  readonly from: number | null
  readonly records: number
  readonly lines: number
  readonly rotations: number
  readonly gaps: readonly Gap[]
}

export const startWalk = (known: Pick<Walk, 'prober' | 'head' | 'key' | 'aggregators'>): Walk => ({
  ...known,
  from: null,
  records: 0,
  lines: 0,
  rotations: 0,
  gaps: [],
})

export type Stride =
  | {
      readonly ok: true
      readonly walk: Walk
      readonly seq: number
      readonly hash: string
      readonly type: BatchType
      readonly lines: readonly string[]
    }
  | { readonly ok: false; readonly seq: number; readonly why: string }

/** The next record: how far it brings us, or what is wrong with it. */
export const walkOn = async (walk: Walk, { jws, body, receipt }: LedgerRecord): Promise<Stride> => {
  const { prober, key } = walk
  const opened = await openBatch({ jws, body, key, prober, audiences: audiencesOf(walk, jws) })
  if (!opened.ok) return { ok: false, seq: (walk.head?.seq ?? 0) + 1, why: `${opened.code}: ${opened.detail}` }
  const { seq, prev } = opened.claims
  const gap = opened.type === types.gap ? opened.claims.gap : null
  const broken = (why: string): Stride => ({ ok: false, seq, why })
  if (walk.head !== null && seq <= walk.head.seq)
    return broken(`it says it is ${seq}, and ${walk.head.seq} came before it`)
  const head = walk.head ?? beginning((gap?.from_seq ?? seq) - 1, prev)
  const placement = placeInChain(head, opened, null)
  if (placement !== 'next')
    return broken(placement === 'gap' ? 'a record is missing before it' : 'it continues another chain')
  const lines = opened.type === types.batch ? inflateLines(body, opened.claims) : []
  if ('code' in lines) return broken(`${lines.code}: ${lines.detail}`)
  const aggregators = await believed(walk, receipt, { sub: prober, seq, h: opened.hash })
  if (aggregators === 'none') return broken('its receipt is not by the aggregator')
  return {
    ok: true,
    seq,
    hash: opened.hash,
    type: opened.type,
    lines,
    walk: {
      ...walk,
      head: { seq, hash: opened.hash },
      key: opened.type === types.rotate ? opened.successor : key,
      aggregators,
      from: walk.from ?? gap?.from_seq ?? seq,
      records: walk.records + 1,
      lines: walk.lines + lines.length,
      rotations: walk.rotations + (opened.type === types.rotate ? 1 : 0),
      gaps: gap === null ? walk.gaps : [...walk.gaps, gap],
    },
  }
}

/** Before number 1 there is nothing; before any other, whatever the record says there was. */
const beginning = (seq: number, prev: string): Head => (seq === 0 ? noHead : { seq, hash: prev })

/** Where no aggregator is known, whichever the record says: that it is the prober's word is all that can be known. */
const audiencesOf = ({ aggregators }: Walk, jws: string): readonly Thumbprint[] => {
  if (aggregators !== null) return aggregators.map(({ kid }) => kid)
  const claims = readText(Buffer.from(jws.split('.')[1] ?? '', 'base64url'))
  const claimed = z.object({ aud: Thumbprint }).safeParse(claims)
  return claimed.success ? [claimed.data.aud] : []
}

/** The aggregator's keys after this receipt: the same, or one more that it names. */
const believed = async (
  { aggregators }: Walk,
  receipt: string,
  expected: Parameters<typeof receiptHolds>[2],
): Promise<Walk['aggregators'] | 'none'> => {
  if (aggregators === null) return null
  for (const signer of aggregators) {
    const held = await receiptHolds(signer, receipt, expected)
    if (held === null) continue
    const next = await successorIn(signer, held)
    return next === null || aggregators.some(({ kid }) => kid === next.kid) ? aggregators : [...aggregators, next]
  }
  return 'none'
}
