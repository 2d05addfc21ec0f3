import { sql } from 'kysely'
import { type Pieces, pieceByPiece, pieceRows } from './alone.ts'

const keptMs = 90 * 86_400_000

/** Notices that have been over for long. What stands open stays, however old it is. */
export const trimNotices = (pieces: Pieces, nowMs: number): Promise<number> =>
  pieceByPiece(pieces, async trx => {
    const { numAffectedRows } = await sql`
      delete from notice where id in (
        select id from notice where cleared_at < ${new Date(nowMs - keptMs)} order by first_seen limit ${pieceRows}
      )`.execute(trx)
    return Number(numAffectedRows ?? 0)
  })
