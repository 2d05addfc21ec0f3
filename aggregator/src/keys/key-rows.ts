import type { VerifyingKey } from '@llmstatus/shared/identity'
import { Thumbprint } from '@llmstatus/shared/ids'
import type { Store } from '../db/store.ts'
import type { FormerKey } from './key-ring.ts'

/** What the database says of the aggregator's keys: which one is in force, and which ones were. */
export interface KeyRows {
  readonly inForce: Thumbprint
  readonly sinceMs: number
  readonly former: readonly FormerKey[]
}

/** The first aggregator that opens a database says whose it is. */
export const claimDatabase = async (db: Store['db'], kid: Thumbprint, nowMs: number): Promise<void> => {
  await db
    .insertInto('aggregator')
    .values({ kid, since: new Date(nowMs) })
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

export const readKeyRows = async (db: Store['db']): Promise<KeyRows> => {
  const { kid, since } = await db.selectFrom('aggregator').select(['kid', 'since']).executeTakeFirstOrThrow()
  const former = await db.selectFrom('former_key').selectAll().orderBy('since').execute()
  return {
    inForce: Thumbprint.parse(kid),
    sinceMs: since.getTime(),
    former: former.map(row => ({
      kid: Thumbprint.parse(row.kid),
      sinceMs: row.since.getTime(),
      untilMs: row.until.getTime(),
    })),
  }
}

export interface Succession {
  readonly from: VerifyingKey
  readonly to: VerifyingKey
  readonly nowMs: number
  readonly untilMs: number
}

/** False where somebody else was faster: then nothing was changed. */
export const writeSuccession = (db: Store['db'], { from, to, nowMs, untilMs }: Succession): Promise<boolean> =>
  db.transaction().execute(async trx => {
    const row = await trx
      .selectFrom('aggregator')
      .select('since')
      .where('kid', '=', from.kid)
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined) return false
    const jwk = JSON.stringify(from.jwk)
    await trx
      .insertInto('former_key')
      .values({ kid: from.kid, jwk, since: row.since, until: new Date(untilMs) })
      .execute()
    await trx
      .updateTable('aggregator')
      .set({ kid: to.kid, since: new Date(nowMs) })
      .execute()
    return true
  })

/** Public halves, to verify old receipts with. */
export const readFormerJwks = async (db: Pick<Store['db'], 'selectFrom'>): Promise<readonly VerifyingKey['jwk'][]> =>
  (await db.selectFrom('former_key').select('jwk').execute()).map(row => row.jwk)
