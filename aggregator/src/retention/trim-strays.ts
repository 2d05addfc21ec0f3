import { sql } from 'kysely'
import { byDay, ensureDays, ownDays } from '../db/days.ts'
import { aloneUnlessBusy, type Pieces, pieceByPiece, pieceRows } from './alone.ts'
import { type Kept, keptMsOf } from './limits.ts'

/** What came while its day could not be made. */
export const bringStraysHome = async ({ store }: Pieces, nowMs: number): Promise<void> => {
  for (const of of byDay) {
    const { rows } = await sql<{ day: string }>`
      select distinct (${sql.ref(of.by)} at time zone 'utc')::date as day from ${sql.table(`${of.table}_stray`)}`.execute(
      store.db,
    )
    const days = ownDays(
      nowMs,
      rows.map(row => row.day),
    ).filter(day => day.of.table === of.table)
    if (days.length > 0) await aloneUnlessBusy(store, trx => ensureDays(trx, days))
  }
}

/**
 * What claims a day that is further away than anything is kept, in either direction. A day in the future would else be kept
 * until it comes; what claims one of the next weeks waits for its day.
 */
export const trimStrays = async (pieces: Pieces, kept: Kept, nowMs: number): Promise<number> => {
  let sum = 0
  for (const of of byDay) {
    const table = sql.table(`${of.table}_stray`)
    const by = sql.ref(of.by)
    const keptMs = keptMsOf(of, kept)
    sum += await pieceByPiece(pieces, async trx => {
      const { numAffectedRows } = await sql`
        delete from ${table} where ctid = any(array(
          select ctid from ${table}
          where ${by} < ${new Date(nowMs - keptMs)} or ${by} > ${new Date(nowMs + keptMs)} limit ${pieceRows}
        ))`.execute(trx)
      return Number(numAffectedRows ?? 0)
    })
  }
  return sum
}
