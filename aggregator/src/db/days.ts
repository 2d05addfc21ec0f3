import { sql } from 'kysely'
import type { Queries } from './store.ts'

/**
 * One partition a day for the hot tables, named by the UTC day: result_20261120.
 *
 * Invariants
 * - Days are made ahead, and inside ingest for results that come late. A row whose day has no partition goes to the
 *   stray partition, so a missing day can never lose a result.
 * - Days are made under one advisory lock, and before the transaction writes to a hot table: so no two of them can
 *   wait for each other.
 * - A day is filled from the strays before it is attached, because Postgres refuses a range that the default
 *   partition still has rows of. Attaching, unlike `partition of`, does not stop those who read and write other days.
 */
const partitioned = ['result', 'skip'] as const

const dayMs = 86_400_000
/** A week of spool, a month of retention, and some. What is older than this is history that nobody keeps by the day. */
const ownDaysBack = 40
const ownDaysAhead = 2

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** The days that are always there: today and the next two. */
export const daysAhead = (nowMs: number): readonly string[] =>
  Array.from({ length: ownDaysAhead + 1 }, (_, n) => dayOf(nowMs + n * dayMs))

/** Which of these days get a partition; a clock that is years away does not make one for each of its days. */
export const ownDays = (nowMs: number, days: Iterable<string>): readonly string[] => {
  const first = dayOf(nowMs - ownDaysBack * dayMs)
  const last = dayOf(nowMs + ownDaysAhead * dayMs)
  return [...new Set(days)].filter(day => day >= first && day <= last).sort()
}

/** Needs a transaction around it. */
export const ensureDays = async (trx: Queries, days: readonly string[]): Promise<void> => {
  if ((await missingDays(trx, days)).length === 0) return
  await sql`select pg_advisory_xact_lock(hashtext('llmstatus days'))`.execute(trx)
  for (const day of await missingDays(trx, days)) for (const table of partitioned) await makeDay(trx, table, day)
}

const partitionName = (table: string, day: string): string => `${table}_${day.replaceAll('-', '')}`

/** Read from pg_class itself: to_regclass() answers from a cache that does not see what was made while we waited. */
const missingDays = async (trx: Queries, days: readonly string[]): Promise<readonly string[]> => {
  const names = days.map(day => partitionName(partitioned[0], day))
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relname = any(${names}::text[]) and pg_table_is_visible(oid)
  `.execute(trx)
  const there = new Set(rows.map(row => row.name))
  return days.filter(day => !there.has(partitionName(partitioned[0], day)))
}

const makeDay = async (trx: Queries, parent: (typeof partitioned)[number], day: string): Promise<void> => {
  const table = sql.table(parent)
  const stray = sql.table(`${parent}_stray`)
  const partition = sql.table(partitionName(parent, day))
  const from = sql.lit(day)
  const to = sql.lit(dayOf(Date.parse(day) + dayMs))
  await sql`create table ${partition} (like ${table} including defaults including constraints)`.execute(trx)
  await sql`with moved as (delete from ${stray} where day = ${from} returning *) insert into ${partition} select * from moved`.execute(
    trx,
  )
  await sql`alter table ${table} attach partition ${partition} for values from (${from}) to (${to})`.execute(trx)
}
