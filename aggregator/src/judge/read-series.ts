import type { Outcome } from '@llmstatus/shared/outcome'
import type { ProbeType } from '@llmstatus/shared/result'
import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'
import type { Policy } from './policy.ts'
import type { Seen } from './series.ts'
import type { Sla } from './thresholds.ts'
import { perTokenMs } from './tokens-slow.ts'

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
  results: readonly Cells[] | null
}

/** A result as it travels: one row for each would cost more than everything else here. */
type Cells = readonly [
  slotS: number,
  why: string,
  outcome: Outcome,
  signal: string | null,
  httpStatus: number | null,
  firstTokenUs: number | null,
  lastByteUs: number | null,
  tokensOut: number | null,
]

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
    select s.endpoint, s.prober, s.provider, s.type, s.interval_ms, s.sla, s.reasoning, r.results
    from reach s
    cross join lateral (
      select json_agg(json_build_array(date_part('epoch', n.slot), n.why, n.outcome, n.signal,
        n.http_status, n.first_token_us, n.last_byte_us, n.tokens_out)) as results
      from (
        select r.slot, r.why, r.outcome, r.signal, r.http_status, r.first_token_us, r.last_byte_us,
          case when s.sla ->> 'tps_p50_min' is null then null else r.tokens_out end as tokens_out
        from result r
        where r.endpoint = s.endpoint and r.prober = s.prober and r.slot >= s.since
          and r.classifier > 0 and not r.clock_ahead and not r.late
        order by r.slot desc
        limit ${mostResults}
      ) n
    ) r
    order by s.endpoint, s.prober`.execute(db)
  return rows.map(({ interval_ms, results, ...series }) => ({
    ...series,
    intervalMs: interval_ms,
    results: (results ?? []).map(seenOf),
  }))
}

const seenOf = ([slotS, why, outcome, signal, httpStatus, firstTokenUs, lastByteUs, tokens]: Cells): Seen => {
  const firstTokenMs = firstTokenUs === null ? null : firstTokenUs / 1000
  const totalMs = lastByteUs === null ? null : lastByteUs / 1000
  return {
    slotMs: Math.round(slotS * 1000),
    why,
    outcome,
    signal,
    httpStatus,
    firstTokenMs,
    totalMs,
    perTokenMs: perTokenMs({ tokens, firstTokenMs, totalMs }),
    late: false,
  }
}
