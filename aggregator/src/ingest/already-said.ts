import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'
import type { SkippedRun } from '../rollup/skipped-slots.ts'
import type { PlannedSkip } from './plan-rows.ts'

/**
 * What a prober says afterwards of slots that it does not remember: that it was cut off, or not running. One whose volume
 * was restored says so of slots whose lines are here already, because it has forgotten that it sent them.
 *
 * Invariant: what was said first stands. Such a run counts the slots in it of which nothing else is said, behind the last
 * one of which something is; what it was before is in the ledger.
 */
export const onlyUnsaid = async (
  trx: Queries,
  prober: number,
  planned: readonly PlannedSkip[],
): Promise<readonly PlannedSkip[]> => {
  const looking = planned.filter(({ row }) => row.why === 'schedule' && isAfterwards.has(row.reason))
  if (looking.length === 0) return planned
  const said = await readSaid(trx, prober, looking)
  return planned.map(each => {
    const already = said.get(each.row.id)
    return already === undefined ? each : without(each, already)
  })
}

const isAfterwards: ReadonlySet<string> = new Set(['interrupted', 'not_running'])

interface Said {
  readonly id: string
  readonly count: number
  readonly last: Date
}

const without = ({ row, rolled }: PlannedSkip, { count: said, last }: Said): PlannedSkip => {
  const count = Math.max(0, row.count - said)
  return {
    row: { ...row, count },
    rolled:
      rolled === null || count === 0 ? null : { ...rolled, firstMs: firstBehind(last, { ...rolled, count }), count },
  }
}

/** As even from there to the end as the whole was. */
const firstBehind = (last: Date, { lastMs, count }: Pick<SkippedRun, 'lastMs' | 'count'>): number => {
  const stepMs = Math.floor((lastMs - last.getTime()) / count)
  return lastMs - Math.max(0, stepMs) * (count - 1)
}

/** A run that reaches beyond this one is left alone: how many of its slots lie inside nobody here knows. */
const readSaid = async (
  trx: Queries,
  prober: number,
  runs: readonly PlannedSkip[],
): Promise<ReadonlyMap<string, Said>> => {
  const { rows } = await sql<Said>`
    with run as (
      select * from unnest(
        ${runs.map(({ row }) => row.id)}::uuid[],
        ${runs.map(({ row }) => row.endpoint)}::int[],
        ${runs.map(({ row }) => row.slot)}::timestamptz[],
        ${runs.map(({ row }) => row.to_at ?? row.slot)}::timestamptz[]
      ) as r(id, endpoint, first, last)
    ), said as (
      select run.id, r.slot as at, 1 as count
      from run join result r on r.endpoint = run.endpoint and r.prober = ${prober} and r.slot between run.first and run.last
      where r.why = 'schedule'
      union all
      select run.id, coalesce(k.to_at, k.slot), k.count
      from run join skip k on k.endpoint = run.endpoint and k.prober = ${prober} and k.slot between run.first and run.last
      where k.why = 'schedule' and k.id <> run.id and coalesce(k.to_at, k.slot) <= run.last
    )
    select id, sum(count)::int as count, max(at) as last from said group by id
  `.execute(trx)
  return new Map(rows.map(row => [row.id, row]))
}
