import type { Opened } from '@llmstatus/shared/batch'
import type { Head } from '@llmstatus/shared/chain'
import { types } from '@llmstatus/shared/identity'
import type { Queries } from '../db/store.ts'
import type { RejectedLine } from './read-body.ts'

/** The signed bytes as they came, and the head of the chain: both or neither, because they are one transaction. */

export interface StoredRecord {
  readonly hash: string
  readonly receipt: string
  readonly rejected: readonly Pick<RejectedLine, 'line' | 'reason'>[]
}

export const readRecord = async (trx: Queries, prober: number, seq: number): Promise<StoredRecord | null> => {
  const row = await trx
    .selectFrom('ledger')
    .select(['hash', 'receipt', 'rejected'])
    .where('prober', '=', prober)
    .where('seq', '=', seq)
    .executeTakeFirst()
  return row === undefined ? null : { ...row, rejected: row.rejected as StoredRecord['rejected'] }
}

export interface NewRecord {
  readonly prober: number
  readonly opened: Opened
  readonly jws: string
  readonly body: Uint8Array
  readonly receivedMs: number
  readonly receipt: string
  readonly lines: number
  readonly rejected: readonly RejectedLine[]
}

export const appendRecord = async (trx: Queries, record: NewRecord): Promise<void> => {
  const { prober, opened, jws, body, receivedMs, receipt, lines, rejected } = record
  await trx
    .insertInto('ledger')
    .values({
      prober,
      seq: opened.claims.seq,
      typ: opened.type,
      hash: opened.hash,
      jws,
      body,
      received_at: new Date(receivedMs),
      receipt,
      n: lines,
      rejected: JSON.stringify(rejected),
      gap: opened.type === types.gap ? JSON.stringify(opened.claims.gap) : null,
    })
    .execute()
}

export const headAfter = (opened: Opened): Head => ({ seq: opened.claims.seq, hash: opened.hash })
