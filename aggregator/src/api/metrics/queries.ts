import { sql } from 'kysely'
import type { Queries } from '../../db/store.ts'

/** What Prometheus is told beside the present: four statements, none of which reads more than a day. */

export interface SeriesName {
  readonly provider: string
  readonly model: string
  readonly probe: string
  readonly vantage: string
}

const series = sql`(
  select distinct d.prober, d.endpoint, e.provider, e.model, e.probe, p.name as vantage from definition d
  join prober p on p.num = d.prober and p.state = 'approved'
  join endpoint e on e.id = d.endpoint
  where d.at is not null and d.type not in ('reference', 'control'))`

export const countedKinds = [
  'ok',
  'provider_failed',
  'account_failed',
  'config_failed',
  'vantage_failed',
  'unclassified',
  'skipped',
] as const

export type TodayRow = SeriesName & Readonly<Record<(typeof countedKinds)[number] | 'tokens_out' | 'cost_usd', number>>

/** Of the UTC day that begins at `dayMs`. */
export const readToday = async (db: Queries, dayMs: number): Promise<readonly TodayRow[]> => {
  const counts = [...countedKinds, 'tokens_out', 'cost_usd'].map(name => sql`r.${sql.id(name)}`)
  const { rows } = await sql<TodayRow>`
    select s.provider, s.model, s.probe, s.vantage, ${sql.join(counts)}
    from ${series} s
    cross join lateral (
      select * from rollup_day r where r.prober = s.prober and r.endpoint = s.endpoint and r.start = ${new Date(dayMs)}
      offset 0
    ) r
    order by s.provider, s.model, s.probe, s.vantage`.execute(db)
  return rows
}

export type LatencyRow = SeriesName & {
  readonly metric: string
  /** Milliseconds, of all of them. */
  readonly sum: number
  /** How many took at most 2^power ms and more than half of that, by power. */
  readonly powers: Readonly<Record<string, number>>
}

/** A power of two is the bound of a bucket at every scale, so nothing is counted on the wrong side of it. */
export const readLatencies = async (db: Queries, dayMs: number): Promise<readonly LatencyRow[]> => {
  const { rows } = await sql<LatencyRow>`
    select s.provider, s.model, s.probe, s.vantage, k.metric, k.sum, b.powers
    from ${series} s
    cross join lateral (
      select * from sketch_day k
      where k.prober = s.prober and k.endpoint = s.endpoint and k.start = ${new Date(dayMs)}
        and k.metric in ('first_token', 'total')
      offset 0
    ) k
    cross join lateral (
      select jsonb_object_agg(power, count) as powers from (
        select ceil(u.i / power(2::float8, k.scale::int))::int as power, sum(u.c) as count
        from unnest(k.i, k.c) u(i, c) group by 1
      ) grouped
    ) b
    order by s.provider, s.model, s.probe, s.vantage`.execute(db)
  return rows
}

export type HeadroomRow = SeriesName & {
  readonly requests: number | null
  readonly tokens: number | null
}

/** What the newest answer of each series said of the last hour's headroom: a look at the end of its index. */
export const readHeadroom = async (db: Queries, sinceMs: number): Promise<readonly HeadroomRow[]> => {
  const { rows } = await sql<HeadroomRow>`
    select s.provider, s.model, s.probe, s.vantage,
      (r.requests_remaining / nullif(r.requests_limit, 0))::float8 as requests,
      (r.tokens_remaining / nullif(r.tokens_limit, 0))::float8 as tokens
    from ${series} s
    cross join lateral (
      select * from result r where r.endpoint = s.endpoint and r.prober = s.prober and r.slot >= ${new Date(sinceMs)}
      order by r.slot desc limit 1
    ) r
    where r.requests_limit > 0 or r.tokens_limit > 0
    order by s.provider, s.model, s.probe, s.vantage`.execute(db)
  return rows
}

export interface ProberRow {
  readonly vantage: string
  readonly head_seq: number
  readonly rejected: Readonly<Record<string, number>>
}

export const readProbers = async (db: Queries): Promise<readonly ProberRow[]> => {
  const { rows } = await sql<ProberRow>`
    select name as vantage, head_seq, rejected from prober where state = 'approved' order by name`.execute(db)
  return rows
}
