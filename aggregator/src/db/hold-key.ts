import { CodedError } from '@llmstatus/shared/errors'
import type { Queries } from './store.ts'

/**
 * The first aggregator that opens a database says whose it is. One with another key would answer every batch with 422,
 * and a prober gives up what is refused so: better not to start.
 */
export const holdKey = async (db: Queries, kid: string, nowMs: number): Promise<void> => {
  await db
    .insertInto('aggregator')
    .values({ kid, since: new Date(nowMs) })
    .onConflict(conflict => conflict.doNothing())
    .execute()
  const { kid: holder } = await db.selectFrom('aggregator').select('kid').executeTakeFirstOrThrow()
  if (holder === kid) return
  throw new CodedError('key_mismatch', `The database belongs to the aggregator ${holder}, and this key is ${kid}.`, {
    hint: 'Give every replica the same LLMSTATUS_KEY_FILE: the one that the database was first used with.',
  })
}
