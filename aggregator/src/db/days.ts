import { sql } from 'kysely'
import type { Queries } from './store.ts'
import { isBusy } from './unavailable.ts'

/**
 * One partition a day for what is dropped by the day, named by the UTC day: result_20261120.
 *
 * Invariants
 * - Days are made ahead, and inside ingest for results that come late. A row whose day has no partition goes to the
 *   stray partition, so a missing day can never lose a result.
 * - Days are made under one advisory lock, and before the transaction writes to a hot table: so no two of them can
 *   wait for each other.
 * - Making a day takes the stray partition for itself. Whoever reads all days stands in the way, and is not waited for: then
 *   the rows are strays until retention finds them.
 * - A day is filled from the strays before it is attached, because Postgres refuses a range that the default
 *   partition still has rows of. Attaching, unlike `partition of`, does not stop those who read and write other days.
 */
export interface ByDay {
  readonly table: 'result' | 'skip' | 'rollup_5min' | 'sketch_5min'
  /** The partition key. */
  readonly by: 'slot' | 'start'
  /**
   * How far back a day gets a partition. Results: a week of spool, a month of retention, and some; what is older than
   * this is history that nobody keeps by the day. Buckets of five minutes: as long as they are kept.
   */
  readonly daysBack: number
  /** What is written again needs room beside it. */
  readonly fillPercent: number
}

export const byDay = [
  { table: 'result', by: 'slot', daysBack: 40, fillPercent: 100 },
  { table: 'skip', by: 'slot', daysBack: 40, fillPercent: 100 },
  { table: 'rollup_5min', by: 'start', daysBack: 8, fillPercent: 70 },
  { table: 'sketch_5min', by: 'start', daysBack: 8, fillPercent: 70 },
] as const satisfies readonly ByDay[]

const dayMs = 86_400_000
const ownDaysAhead = 2

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** One day of one table. */
export interface Day {
  readonly of: ByDay
  readonly day: string
}

/** The days that are always there: today and the next two. */
export const daysAhead = (nowMs: number): readonly Day[] =>
  ownDays(
    nowMs,
    Array.from({ length: ownDaysAhead + 1 }, (_, n) => dayOf(nowMs + n * dayMs)),
  )

/** Which of these days get a partition; a clock that is years away does not make one for each of its days. */
export const ownDays = (nowMs: number, days: Iterable<string>): readonly Day[] => {
  const wanted = [...new Set(days)].sort()
  const last = dayOf(nowMs + ownDaysAhead * dayMs)
  return byDay.flatMap(of => {
    const first = dayOf(nowMs - of.daysBack * dayMs)
    return wanted.filter(day => day >= first && day <= last).map(day => ({ of, day }))
  })
}

/** How long making a day may wait, and make others wait behind it. */
const patienceMs = 100

/** Needs a transaction around it, which goes on whether there was time for this or not. */
export const ensureDays = async (trx: Queries, days: readonly Day[]): Promise<void> => {
  if ((await missingDays(trx, days)).length === 0) return
  await sql`savepoint days`.execute(trx)
  try {
    await sql`set local lock_timeout = ${sql.lit(patienceMs)}`.execute(trx)
    await sql`select pg_advisory_xact_lock(hashtext('llmstatus days'))`.execute(trx)
    for (const day of await missingDays(trx, days)) await makeDay(trx, day)
    await sql`set local lock_timeout to default`.execute(trx)
    await sql`release savepoint days`.execute(trx)
  } catch (error) {
    if (!isBusy(error)) throw error
    await sql`rollback to savepoint days`.execute(trx)
  }
}

export const partitionName = ({ of, day }: Day): string => `${of.table}_${day.replaceAll('-', '')}`

/** Read from pg_class itself: to_regclass() answers from a cache that does not see what was made while we waited. */
const missingDays = async (trx: Queries, days: readonly Day[]): Promise<readonly Day[]> => {
  if (days.length === 0) return []
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relname = any(${days.map(partitionName)}::text[]) and pg_table_is_visible(oid)
  `.execute(trx)
  const there = new Set(rows.map(row => row.name))
  return days.filter(day => !there.has(partitionName(day)))
}

const makeDay = async (trx: Queries, day: Day): Promise<void> => {
  const { table: name, by, fillPercent } = day.of
  const table = sql.table(name)
  const stray = sql.table(`${name}_stray`)
  const partition = sql.table(partitionName(day))
  const from = sql.lit(`${day.day}T00:00:00Z`)
  const to = sql.lit(`${dayOf(Date.parse(day.day) + dayMs)}T00:00:00Z`)
  const key = sql.ref(by)
  await sql`create table ${partition} (like ${table} including defaults including constraints)
    with (fillfactor = ${sql.lit(fillPercent)})`.execute(trx)
  await sql`with moved as (delete from ${stray} where ${key} >= ${from} and ${key} < ${to} returning *)
    insert into ${partition} select * from moved`.execute(trx)
  await sql`alter table ${table} attach partition ${partition} for values from (${from}) to (${to})`.execute(trx)
}
