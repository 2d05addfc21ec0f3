import type { About, Opened } from '@llmstatus/shared/batch'
import { types, type VerifyingKey } from '@llmstatus/shared/identity'
import { sql, type Transaction } from 'kysely'
import { toInt } from '../db/numbers.ts'
import type { Db } from '../db/schema.ts'
import type { RejectedLine } from './read-body.ts'

export interface Move {
  readonly prober: number
  readonly opened: Opened
  readonly nowMs: number
  /** Null where the record brought no result that our clock believes. */
  readonly lastResultMs: number | null
  readonly counted: Counted
}

/** What is added to the counts of its prober. */
export interface Counted {
  readonly rejected: readonly Pick<RejectedLine, 'reason'>[]
  readonly droppedKeys: number
  readonly disagreed: number
}

/** The head, and what the record says of its prober: its key from here on, its version, its place, its clock. */
export const moveHead = async (trx: Transaction<Db>, move: Move): Promise<void> => {
  const { prober, opened, nowMs, lastResultMs, counted } = move
  const { about, seq } = opened.claims
  if (opened.type === types.rotate) await changeKey(trx, { prober, seq, successor: opened.successor })
  const last = lastResultMs === null ? null : new Date(lastResultMs)
  await trx
    .updateTable('prober')
    .set({
      head_seq: seq,
      head_hash: opened.hash,
      last_batch_at: new Date(nowMs),
      last_result_at: sql`greatest(last_result_at, ${last}::timestamptz)`,
      ...(about === undefined ? {} : selfPortrait(about)),
      ...added(counted),
    })
    .where('num', '=', prober)
    .execute()
}

const added = ({ rejected, droppedKeys, disagreed }: Counted) => {
  const reasons = Map.groupBy(rejected, ({ reason }) => reason)
  const more = JSON.stringify(Object.fromEntries([...reasons].map(([reason, lines]) => [reason, lines.length])))
  return {
    ...(rejected.length === 0
      ? {}
      : {
          rejected: sql<string>`(
      select jsonb_object_agg(key, n) from (
        select key, sum(value::bigint) as n
        from (select * from jsonb_each_text(rejected) union all select * from jsonb_each_text(${more}::jsonb)) as each
        group by key
      ) as summed
    )`,
        }),
    ...(droppedKeys === 0 ? {} : { dropped_keys: sql<number>`dropped_keys + ${droppedKeys}` }),
    ...(disagreed === 0 ? {} : { disagreed: sql<number>`disagreed + ${disagreed}` }),
  }
}

const selfPortrait = ({ version, region, continent, offset_ms }: About) => ({
  version,
  region,
  continent,
  ...(offset_ms === null ? {} : { clock_offset_ms: toInt(offset_ms) }),
})

const changeKey = async (
  trx: Transaction<Db>,
  { prober, seq, successor }: { readonly prober: number; readonly seq: number; readonly successor: VerifyingKey },
): Promise<void> => {
  const jwk = JSON.stringify(successor.jwk)
  await trx
    .updateTable('prober_key')
    .set({ last_seq: seq })
    .where('prober', '=', prober)
    .where('last_seq', 'is', null)
    .execute()
  await trx
    .insertInto('prober_key')
    .values({ kid: successor.kid, prober, jwk, first_seq: seq + 1 })
    .execute()
  await trx.updateTable('prober').set({ kid: successor.kid, jwk }).where('num', '=', prober).execute()
}
