import { uuid7 } from '@llmstatus/shared/ids'
import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'
import { type Kind, kinds } from './kinds.ts'
import type { Details, Notice } from './notice.ts'
import type { Change } from './step.ts'

/** What stands open, and what becomes of it: a row is changed only while it is still the one that was read. */

interface Row {
  id: string
  kind: string
  prober: number
  provider: string
  model: string
  probe: string
  first_seen: Date
  last_seen: Date
  details: Details
}

/** What a newer version has opened, and this one does not know, is left to it. */
const isKnown = (kind: string): kind is Kind => Object.hasOwn(kinds, kind)

export const readOpen = async (db: Queries): Promise<readonly Notice[]> => {
  const { rows } = await sql<Row>`
    select id, kind, prober, provider, model, probe, first_seen, last_seen, details
    from notice where cleared_at is null order by first_seen, id`.execute(db)
  return rows.flatMap(({ kind, first_seen, last_seen, ...same }) =>
    isKnown(kind) ? [{ ...same, kind, firstMs: first_seen.getTime(), lastMs: last_seen.getTime() }] : [],
  )
}

export interface Writing {
  readonly nowMs: number
  readonly random: (bytes: number) => Uint8Array
}

/** One statement, whatever their number. */
export const writeChanges = async (trx: Queries, changes: readonly Change[], writing: Writing): Promise<void> => {
  if (changes.length === 0) return
  const rows = changes.map(change => rowOf(change, writing))
  await sql`
    with new as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(id uuid, kind text, prober int, provider text,
        model text, probe text, first_seen timestamptz, last_seen timestamptz, cleared_at timestamptz, details jsonb,
        was timestamptz)
    ), changed as (
      update notice n set last_seen = new.last_seen, cleared_at = new.cleared_at, details = new.details
      from new where n.id = new.id and n.cleared_at is null and n.last_seen = new.was
    )
    insert into notice (id, kind, prober, provider, model, probe, first_seen, last_seen, details)
    select id, kind, prober, provider, model, probe, first_seen, last_seen, details from new where was is null
    on conflict (kind, prober, provider, model, probe) where cleared_at is null do nothing`.execute(trx)
}

const rowOf = (change: Change, { nowMs, random }: Writing): object => {
  const now = new Date(nowMs)
  if (change.kind === 'opened') {
    const { strength: _, ...found } = change.found
    return { ...found, id: uuid7(nowMs, random(10)), first_seen: now, last_seen: now }
  }
  const { id, details, lastMs } = change.was
  const was = new Date(lastMs)
  return change.kind === 'seen'
    ? { id, last_seen: now, cleared_at: null, details: change.details, was }
    : { id, last_seen: was, cleared_at: now, details, was }
}
