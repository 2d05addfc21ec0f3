import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { Db } from '../db/schema.ts'
import { isUnavailable } from '../db/unavailable.ts'
import type { Lease } from '../lease/lease.ts'
import { findNotices } from './find.ts'
import { readFacts } from './read-facts.ts'
import { readOpen, writeChanges } from './rows.ts'
import { stepNotices } from './step.ts'

export interface NoticeDeps {
  readonly db: Kysely<Db>
  readonly clock: { readonly nowMs: () => number }
  readonly random: (bytes: number) => Uint8Array
  readonly lease: Pick<Lease, 'isHeld' | 'confirm'>
  readonly log: Pick<Logger, 'warn'>
}

/** To be called each minute. The facts are read before the transaction, which is short; whose they are is confirmed in it. */
export const createNotices =
  ({ db, clock, random, lease, log }: NoticeDeps): (() => Promise<void>) =>
  async () => {
    if (!lease.isHeld()) return
    const nowMs = clock.nowMs()
    try {
      const found = findNotices(await readFacts(db, nowMs))
      await db.transaction().execute(async trx => {
        if (!(await lease.confirm(trx))) return
        await writeChanges(trx, stepNotices({ open: await readOpen(trx), found, nowMs }), { nowMs, random })
      })
    } catch (error) {
      if (!isUnavailable(error)) throw error
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'notices: the database is away')
    }
  }
