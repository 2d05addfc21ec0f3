import { sql } from 'kysely'
import { byDay } from '../db/days.ts'
import type { Queries, Store } from '../db/store.ts'
import { isBusy } from '../db/unavailable.ts'
import { alone } from './alone.ts'
import { expiredDays, type Kept } from './limits.ts'

/**
 * A day is dropped as a whole: no row is looked at. It takes the table for itself, for some milliseconds, and waits no
 * longer than `longestWaitMs` for that. (`detach … concurrently` would not have to, and is refused where there is a default
 * partition.) Where a long read stands in the way, the day is tried again after the others, and then by the next run.
 */
const rounds = 3

export interface DroppedDays {
  readonly dropped: readonly string[]
  /** Somebody was reading. */
  readonly left: readonly string[]
}

export const dropDays = async (store: Store, kept: Kept, nowMs: number): Promise<DroppedDays> => {
  const dropped: string[] = []
  let left = expiredDays(await partitions(store.db), kept, nowMs)
  for (let round = 0; round < rounds && left.length > 0; round++) {
    const next: string[] = []
    for (const name of left) {
      const done = await dropOne(store, name)
      if (done === 'dropped') dropped.push(name)
      if (done === 'busy') next.push(name)
    }
    left = next
  }
  return { dropped, left }
}

const partitions = async (db: Queries): Promise<readonly string[]> => {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    where p.relname = any(${byDay.map(({ table }) => table)}::text[]) and pg_table_is_visible(p.oid)`.execute(db)
  return rows.map(row => row.name)
}

type Done = 'dropped' | 'busy' | 'elsewhere'

const dropOne = async (store: Store, name: string): Promise<Done> => {
  try {
    const mine = await alone(store, async trx => {
      await sql`drop table if exists ${sql.table(name)}`.execute(trx)
      return true
    })
    return mine === null ? 'elsewhere' : 'dropped'
  } catch (error) {
    if (isBusy(error)) return 'busy'
    throw error
  }
}
