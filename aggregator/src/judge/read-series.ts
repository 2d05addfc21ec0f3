import type { Outcome } from '@llmstatus/shared/outcome'
import type { ProbeType } from '@llmstatus/shared/result'
import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'
import type { Policy } from './policy.ts'
import type { Seen } from './series.ts'
import type { Sla } from './thresholds.ts'

/** One endpoint as one approved vantage measures it, with as much of its past as a judgement may look at. */
export interface StoredSeries {
  readonly endpoint: number
  readonly prober: number
  readonly provider: string
  readonly type: ProbeType
  readonly intervalMs: number
  readonly sla: Sla | null
  readonly reasoning: boolean
  readonly results: readonly Seen[]
}

/** More than two hours at four a minute hold; a probe that runs each second is judged on its last minutes. */
const mostResults = 480

interface Row {
  endpoint: number
  prober: number
  provider: string
  type: ProbeType
  interval_ms: number
  sla: Sla | null
  reasoning: boolean
  slot: Date | null
  why: string
  outcome: Outcome
  signal: string | null
  http_status: number | null
  first_token_us: number | null
  last_byte_us: number | null
}

/**
 * One statement for all of them. A result without a known definition, ahead of our clock, or late has no vote; a
 * control says something about no provider. Each series is one descending scan of the primary key, in the days it needs.
 */
export const readSeries = async (
  db: Queries,
  about: { readonly endpoints: readonly number[]; readonly nowMs: number },
  policy: Policy,
): Promise<readonly StoredSeries[]> => {
  const { slow, quiet, hold, outage, degraded } = policy
  const windowMs = Math.max(slow.windowMs, hold.windowMs, outage.windowMs, degraded.windowMs, degraded.longWindowMs)
  const { rows } = await sql<Row>`
    with series as (
      select distinct on (d.endpoint, d.prober)
        d.endpoint, d.prober, e.provider, d.type, greatest(d.every_ms, d.timeout_ms) as interval_ms, d.sla, d.reasoning
      from definition d
      join endpoint e on e.id = d.endpoint
      join prober p on p.num = d.prober
      where d.endpoint = any(${[...about.endpoints]}::int[])
        and d.at is not null and d.type <> 'control' and p.state = 'approved'
      order by d.endpoint, d.prober, d.at desc, d.id desc
    ), reach as (
      select s.*, ${new Date(about.nowMs)}::timestamptz - make_interval(secs =>
        (${quiet.intervals}::float8 * interval_ms + ${quiet.graceMs}::float8
          + greatest(${windowMs}::float8, least(${slow.results}::float8 * interval_ms, ${slow.longestWindowMs}::float8))) / 1000
      ) as since
      from series s
    )
    select s.endpoint, s.prober, s.provider, s.type, s.interval_ms, s.sla, s.reasoning, r.*
    from reach s
    left join lateral (
      select r.slot, r.why, r.outcome, r.signal, r.http_status, r.first_token_us, r.last_byte_us
      from result r
      join definition d on d.id = r.definition and d.at is not null
      where r.endpoint = s.endpoint and r.prober = s.prober and not r.clock_ahead and not r.late
        and r.slot >= s.since
      order by r.slot desc
      limit ${mostResults}
    ) r on true
    order by s.endpoint, s.prober`.execute(db)
  return [...Map.groupBy(rows, row => `${row.endpoint} ${row.prober}`).values()].flatMap(seriesOf)
}

const seriesOf = (rows: readonly Row[]): readonly StoredSeries[] => {
  const [first] = rows
  if (first === undefined) return []
  const { endpoint, prober, provider, type, sla, reasoning } = first
  return [
    { endpoint, prober, provider, type, intervalMs: first.interval_ms, sla, reasoning, results: rows.flatMap(seenOf) },
  ]
}

const seenOf = (row: Row): readonly Seen[] =>
  row.slot === null
    ? []
    : [
        {
          slotMs: row.slot.getTime(),
          why: row.why,
          outcome: row.outcome,
          signal: row.signal,
          httpStatus: row.http_status,
          firstTokenMs: row.first_token_us === null ? null : row.first_token_us / 1000,
          totalMs: row.last_byte_us === null ? null : row.last_byte_us / 1000,
          late: false,
        },
      ]
