import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'

/**
 * What only one replica may do at a time.
 *
 * Invariants
 * - A row names the holder and a number that grows with every new holder. Whoever writes as the holder confirms its number in
 *   the transaction of what it writes: one that was held up and comes back late changes nothing.
 * - Who confirms keeps the row until it commits, so nobody takes the lease between the confirmation and the commit. A machine
 *   that vanished in there is cut off by the server, so that it holds up nobody for long.
 * - Times are the database's. By its own clock a holder only stops early: it counts from before it asked.
 * - Rows, and no session locks: a pooler between us and the server may give each transaction another connection.
 */

export interface LeaseTimes {
  readonly lifeMs: number
  readonly renewMs: number
  readonly lookMs: number
}

export const leaseTimes: LeaseTimes = {
  /** A holder that is gone is followed after this, and the time until somebody looks: 9.5 s at most. */
  lifeMs: 8_000,
  /** How often the holder says that it is there. */
  renewMs: 5_000,
  /** How often everybody looks, and how soon the holder tries again where its word was lost. */
  lookMs: 1_500,
}

/** How long a transaction of a holder may stand still. */
const stillMs = 2_000

export interface LeaseDeps {
  readonly db: Queries
  readonly clock: { readonly nowMs: () => number }
  readonly name: string
  /** This process, and no other one that ever was. */
  readonly holder: string
  /** possible: others may use this database · none: it is ours alone, and whoever held the lease is gone */
  readonly rivals: 'possible' | 'none'
  readonly times?: Pick<LeaseTimes, 'lifeMs' | 'renewMs'>
}

export interface Lease {
  /** Takes it where it is free, and renews it where that is due. To be called again and again. */
  readonly look: () => Promise<void>
  readonly isHeld: () => boolean
  /** Inside the transaction of what only the holder may write, before it writes. False: it is somebody else's by now. */
  readonly confirm: (trx: Queries) => Promise<boolean>
  /** At the end, so that the next one need not wait. */
  readonly release: () => Promise<void>
}

interface Held {
  readonly fence: number
  readonly askedMs: number
}

export const createLease = ({ db, clock, name, holder, rivals, times = leaseTimes }: LeaseDeps): Lease => {
  let held: Held | null = null
  const isHeld = (): boolean => held !== null && clock.nowMs() - held.askedMs < times.lifeMs
  return {
    isHeld,
    look: async () => {
      const askedMs = clock.nowMs()
      if (held !== null && askedMs >= held.askedMs && askedMs - held.askedMs < times.renewMs) return
      const fence = await ask(db, { name, holder, lifeMs: times.lifeMs, force: rivals === 'none' })
      held = fence === null ? null : { fence, askedMs }
    },
    confirm: async trx => {
      if (held === null) return false
      const { fence } = held
      await sql`set local idle_in_transaction_session_timeout = ${sql.lit(stillMs)}`.execute(trx)
      const { rows } = await sql`select from lease where name = ${name} and fence = ${fence} for share`.execute(trx)
      return rows.length === 1
    },
    release: async () => {
      if (held === null) return
      const { fence } = held
      held = null
      // long ago, and not now: the next one asks a clock that may be set back a little in between
      await sql`update lease set until = 'epoch' where name = ${name} and fence = ${fence}`.execute(db)
    },
  }
}

interface Asked {
  readonly name: string
  readonly holder: string
  readonly lifeMs: number
  readonly force: boolean
}

/** Our number, or null where it is somebody else's. A holder that comes back after its lease ran out gets a new number. */
const ask = async (db: Queries, { name, holder, lifeMs, force }: Asked): Promise<number | null> => {
  const until = sql`clock_timestamp() + make_interval(secs => ${lifeMs / 1000}::float8)`
  const { rows } = await sql<{ fence: number }>`
    insert into lease as l (name, holder, fence, until) values (${name}, ${holder}, 1, ${until})
    on conflict (name) do update set
      fence = case when l.holder = excluded.holder and l.until > clock_timestamp() then l.fence else l.fence + 1 end,
      holder = excluded.holder, until = ${until}
    where l.holder = excluded.holder or l.until <= clock_timestamp() or ${force}::boolean
    returning fence`.execute(db)
  return rows[0]?.fence ?? null
}
