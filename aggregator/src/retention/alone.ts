import { sql, type Transaction } from 'kysely'
import type { Db } from '../db/schema.ts'
import type { Store } from '../db/store.ts'
import { isBusy } from '../db/unavailable.ts'

/**
 * One step of retention: one short transaction, and one replica at a time. The lock is the transaction's own, so that a
 * pooler between us and the server cannot lose it, and a replica that dies gives it back.
 *
 * `lock_timeout` is the longest that anybody can wait for us: whoever asks for a table queues behind our own wait.
 */
export const longestWaitMs = 100

export const alone = async <T>(store: Store, step: (trx: Transaction<Db>) => Promise<T>): Promise<T | null> =>
  store.db.transaction().execute(async trx => {
    const { rows } = await sql<{ mine: boolean }>`
      select pg_try_advisory_xact_lock(hashtext('llmstatus retention')) as mine`.execute(trx)
    if (rows[0]?.mine !== true) return null
    await sql`set local lock_timeout = ${sql.lit(longestWaitMs)}`.execute(trx)
    return step(trx)
  })

/** Null also where a batch holds what the step needs: its turn is before ours. */
export const aloneUnlessBusy = async <T>(
  store: Store,
  step: (trx: Transaction<Db>) => Promise<T>,
): Promise<T | null> => {
  try {
    return await alone(store, step)
  } catch (error) {
    if (isBusy(error)) return null
    throw error
  }
}

/**
 * Again and again, a bounded piece each time, until a piece finds nothing or somebody wants the program to end. Where a
 * batch holds what a piece needs, the rest is left to the next run, and the other steps of this one go on.
 */
export const pieceByPiece = async (
  { store, isStopping }: Pieces,
  piece: (trx: Transaction<Db>) => Promise<number>,
): Promise<number> => {
  let sum = 0
  while (!isStopping()) {
    const n = await aloneUnlessBusy(store, piece)
    if (n === null || n === 0) break
    sum += n
  }
  return sum
}

export interface Pieces {
  readonly store: Store
  readonly isStopping: () => boolean
}

/** In one statement: some hundredth of a second on either engine. */
export const pieceRows = 2000
