import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'
import { type Pieces, pieceByPiece } from './alone.ts'
import { dayMs, type Kept } from './limits.ts'

/**
 * The beginning of each ledger that is older than it has to be kept.
 *
 * Invariants
 * - What goes is a beginning: the rest is a chain without a hole, whatever our clock did.
 * - The anchor says after which record the rest begins, and is written with the deletion: so the rest still verifies, by the
 *   hash of the last one that went. The keys of a prober are never deleted.
 * - The last record of a prober stays: if its answer was lost, the prober sends it again, however late.
 */
export const trimLedger = async (
  pieces: Pieces,
  probers: readonly number[],
  { kept, nowMs }: { readonly kept: Kept; readonly nowMs: number },
): Promise<number> => {
  const beforeMs = nowMs - kept.ledgerDays * dayMs
  let sum = 0
  for (const prober of probers)
    sum += await pieceByPiece(pieces, async trx => {
      const old = await oldBeginning(trx, prober, beforeMs)
      const last = old.at(-1)
      if (last === undefined) return 0
      await trx.deleteFrom('ledger').where('prober', '=', prober).where('seq', '<=', last.seq).execute()
      await moveAnchor(trx, { prober, seq: last.seq, hash: last.hash, dropped_at: new Date(nowMs) })
      return old.length
    })
  return sum
}

interface Old {
  readonly seq: number
  readonly hash: string
}

/** A body may be a mebibyte. */
const pieceRecords = 200

const oldBeginning = async (trx: Queries, prober: number, beforeMs: number): Promise<readonly Old[]> => {
  const { rows } = await sql<Old & { received_at: Date }>`
    select l.seq, l.hash, l.received_at from ledger l join prober p on p.num = l.prober
    where l.prober = ${prober} and l.seq < p.head_seq
    order by l.seq limit ${pieceRecords}`.execute(trx)
  const firstKept = rows.findIndex(row => row.received_at.getTime() >= beforeMs)
  return firstKept === -1 ? rows : rows.slice(0, firstKept)
}

const moveAnchor = (
  trx: Queries,
  anchor: { readonly prober: number; readonly seq: number; readonly hash: string; readonly dropped_at: Date },
) => {
  const { prober, ...where } = anchor
  return trx
    .insertInto('ledger_anchor')
    .values(anchor)
    .onConflict(conflict => conflict.column('prober').doUpdateSet(where))
    .execute()
}
