import { sql } from 'kysely'
import { byDay } from '../db/days.ts'
import type { Queries } from '../db/store.ts'
import { type Level, levels, oldestStartMs } from '../rollup/levels.ts'
import { type Pieces, pieceByPiece, pieceRows } from './alone.ts'

/** Levels that are kept for a time, and not by the day: their oldest buckets, series by series. */
const trimmed: readonly Level[] = levels.filter(
  ({ keptMs, counts }) => keptMs !== null && !byDay.some(({ table }) => table === counts),
)

export const trimLevels = async (pieces: Pieces, probers: readonly number[], nowMs: number): Promise<number> => {
  let sum = 0
  for (const level of trimmed)
    for (const table of [level.counts, level.sketches] as const)
      for (const prober of probers)
        sum += await pieceByPiece(pieces, trx => trim(trx, { table, prober, beforeMs: oldestStartMs(level, nowMs) }))
  return sum
}

interface Piece {
  readonly table: Level['counts'] | Level['sketches']
  readonly prober: number
  readonly beforeMs: number
}

/** One look into the primary key for each endpoint, where the oldest stand first; the offset keeps it so. */
const trim = async (trx: Queries, { table, prober, beforeMs }: Piece): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} where ctid = any(array(
      select old.ctid from endpoint e cross join lateral (
        select ctid from ${sql.table(table)} r
        where r.prober = ${prober} and r.endpoint = e.id and r.start < ${new Date(beforeMs)}
        order by r.start limit 100 offset 0
      ) old limit ${pieceRows}
    ))`.execute(trx)
  return Number(numAffectedRows ?? 0)
}
