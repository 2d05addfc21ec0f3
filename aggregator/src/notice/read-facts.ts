import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'
import type { CoverageFacts, Facts, ProberFacts } from './facts.ts'
import { readSeriesFacts } from './read-series-facts.ts'

const hourMs = 3_600_000

/** Some statements for all of them and one more for each prober: none of them grows with the history. */
export const readFacts = async (db: Queries, nowMs: number): Promise<Facts> => {
  const sinceMs = nowMs - hourMs
  const probers = await readProbers(db, sinceMs)
  const series = []
  for (const { prober } of probers) series.push(...(await readSeriesFacts(db, prober, nowMs)))
  return {
    probers,
    series,
    coverage: await readCoverage(db, sinceMs),
    definitions: await readDefinitions(db),
    nowMs,
  }
}

interface ProberRow {
  num: number
  state_since: Date
  last_batch_at: Date | null
  last_result_at: Date | null
  every_ms: number | null
  clock_offset_ms: number | null
  rejected: Record<string, number> | null
}

/** Records of an hour: one leaves every ten seconds at most, but for a prober that drains its spool. */
const records = 400

const readProbers = async (db: Queries, sinceMs: number): Promise<readonly ProberFacts[]> => {
  const { rows } = await sql<ProberRow>`
    select p.num, p.state_since, p.last_batch_at, p.last_result_at, p.clock_offset_ms,
      (select min(d.every_ms) from definition d where d.prober = p.num and d.at is not null) as every_ms,
      (select jsonb_object_agg(reason, n) from (
        select line ->> 'reason' as reason, count(*)::int as n
        from ledger l cross join lateral jsonb_array_elements(l.rejected) line
        where l.prober = p.num and l.seq > p.head_seq - ${records} and l.received_at >= ${new Date(sinceMs)}
        group by 1
      ) r) as rejected
    from prober p where p.state = 'approved' order by p.num`.execute(db)
  return rows.map(row => ({
    prober: row.num,
    approvedMs: row.state_since.getTime(),
    lastBatchMs: row.last_batch_at?.getTime() ?? null,
    lastResultMs: row.last_result_at?.getTime() ?? null,
    everyMs: row.every_ms,
    clockOffsetMs: row.clock_offset_ms,
    rejected: row.rejected ?? {},
  }))
}

interface CoverageRow extends Omit<CoverageFacts, 'skips'> {
  skips: Record<string, number> | null
}

/** What a prober could do nothing about is measured too: an answer about the account is an answer. */
const readCoverage = async (db: Queries, sinceMs: number): Promise<readonly CoverageFacts[]> => {
  const since = new Date(sinceMs)
  const { rows } = await sql<CoverageRow>`
    with series as (
      select distinct d.prober, d.endpoint, e.provider from definition d
      join prober p on p.num = d.prober and p.state = 'approved'
      join endpoint e on e.id = d.endpoint
      where d.at is not null and d.type not in ('reference', 'control')
    ), counted as (
      select s.prober, s.provider, sum(r.planned)::float8 as planned,
        sum(r.ok + r.provider_failed + r.account_failed + r.config_failed)::float8 as measured
      from series s join rollup_5min r on r.prober = s.prober and r.endpoint = s.endpoint and r.start >= ${since}
      group by 1, 2
    ), skipped as (
      select s.prober, s.provider, k.reason, sum(k.count)::int as n
      from series s
      join skip k on k.endpoint = s.endpoint and k.prober = s.prober and k.slot >= ${since} and k.why = 'schedule'
      group by 1, 2, 3
    )
    select c.prober, c.provider, c.planned, c.measured,
      (select jsonb_object_agg(k.reason, k.n) from skipped k where k.prober = c.prober and k.provider = c.provider) as skips
    from counted c where c.planned > 0 order by 1, 2`.execute(db)
  return rows.map(row => ({ ...row, skips: row.skips ?? {} }))
}

const readDefinitions = async (db: Queries): Promise<Facts['definitions']> => {
  const { rows } = await sql<{ expires: Date; count: number }>`
    select expires, (select count(*)::int from custom_definition) as count from definition_set`.execute(db)
  const [row] = rows
  return row === undefined ? null : { count: row.count, expiresMs: row.expires.getTime() }
}
