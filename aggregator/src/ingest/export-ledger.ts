import { writeLedgerLine } from '@llmstatus/shared/ledger'
import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'

/**
 * The signed bytes as they came, in the order of the chain, as lines of an export. Page by page: a page is some mebibytes,
 * however long the ledger is and however large its bodies.
 */
export interface LedgerRange {
  readonly prober: number
  readonly afterSeq: number
  /** When they were received: from this instant, and before that one. Null is no bound. */
  readonly fromMs: number | null
  readonly toMs: number | null
}

export interface LedgerPage {
  readonly lines: readonly string[]
  /** To go on behind; null where this was the last page. */
  readonly lastSeq: number | null
}

const mostRecords = 500
const mostBytes = 4 << 20

interface Row {
  readonly seq: number
  readonly jws: string
  readonly body: Uint8Array
  readonly received_at: Date
  readonly receipt: string
}

/** Lengths are known without reading the bodies, so those that are not on this page are not read. */
export const readLedgerPage = async (db: Queries, range: LedgerRange): Promise<LedgerPage> => {
  const { prober, afterSeq, fromMs, toMs } = range
  const from = fromMs === null ? null : new Date(fromMs)
  const to = toMs === null ? null : new Date(toMs)
  const { rows } = await sql<Row>`
    select l.seq, l.jws, l.body, l.received_at, l.receipt
    from (
      select seq, sum(octet_length(body)) over (order by seq) - octet_length(body) as before
      from ledger
      where prober = ${prober} and seq > ${afterSeq}
        and (${from}::timestamptz is null or received_at >= ${from}::timestamptz)
        and (${to}::timestamptz is null or received_at < ${to}::timestamptz)
      order by seq limit ${mostRecords}
    ) chosen
    join ledger l on l.prober = ${prober} and l.seq = chosen.seq
    where chosen.before < ${mostBytes}
    order by l.seq
  `.execute(db)
  return {
    lines: rows.map(row => writeLedgerLine(row, row.received_at.getTime())),
    lastSeq: rows.at(-1)?.seq ?? null,
  }
}
