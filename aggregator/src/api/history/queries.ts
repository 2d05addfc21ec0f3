import type { ProbeType } from '@llmstatus/shared/result'
import type { Sketch } from '@llmstatus/shared/sketch'
import { type RawBuilder, sql } from 'kysely'
import type { Queries } from '../../db/store.ts'
import type { Level } from '../../rollup/levels.ts'
import type { MetricName } from '../../rollup/metrics.ts'

/**
 * What a history is made of: two statements, of which each reads the buckets of its window by their key. The offset keeps the
 * planner to that: it would rather read the whole table, of which one provider is a fortieth.
 */

export interface Of {
  readonly provider: string
  /** Null is all of them. */
  readonly model: string | null
}

export interface Since {
  readonly level: Level
  readonly sinceMs: number
}

export interface BucketRow {
  readonly endpoint: number
  readonly type: ProbeType
  readonly startMs: number
  readonly planned: number
  readonly ok: number
  readonly failed: number
  readonly cost_usd: number
}

/** The series that approved vantages measure of it, as a table to join from. */
const seriesOf = ({ provider, model }: Of): RawBuilder<unknown> => sql`(
  select distinct on (d.prober, d.endpoint) d.prober, d.endpoint, d.type from definition d
  join prober p on p.num = d.prober and p.state = 'approved'
  join endpoint e on e.id = d.endpoint
  where e.provider = ${provider} and (${model}::text is null or e.model = ${model}::text)
    and d.at is not null and d.type not in ('reference', 'control')
  order by d.prober, d.endpoint, d.at desc, d.id desc)`

export const readBuckets = async (db: Queries, of: Of, { level, sinceMs }: Since): Promise<readonly BucketRow[]> => {
  const { rows } = await sql<Omit<BucketRow, 'startMs'> & { start: Date }>`
    select s.endpoint, s.type, r.start, sum(r.planned)::float8 as planned, sum(r.ok)::float8 as ok,
      sum(r.provider_failed)::float8 as failed, sum(r.cost_usd) as cost_usd
    from ${seriesOf(of)} s
    cross join lateral (
      select * from ${sql.table(level.counts)} r
      where r.prober = s.prober and r.endpoint = s.endpoint and r.start >= ${new Date(sinceMs)} offset 0
    ) r
    group by s.endpoint, s.type, r.start`.execute(db)
  return rows.map(({ start, ...row }) => ({ ...row, startMs: start.getTime() }))
}

/** All endpoints of a type and all vantages, merged. */
export interface SketchedRow extends Sketch {
  readonly type: ProbeType
  readonly startMs: number
}

/**
 * Merged where they are: counts of the same bucket at the same scale add up. A step has a row a scale, where there were several,
 * and not one a series.
 */
export const readHistograms = async (
  db: Queries,
  of: Of,
  { level, sinceMs, metric }: Since & { readonly metric: MetricName },
): Promise<readonly SketchedRow[]> => {
  const { rows } = await sql<Omit<SketchedRow, 'startMs'> & { start: Date }>`
    with k as materialized (
      select s.type, k.start, k.scale, k.i, k.c, k.n, k.sum, k.min, k.max
      from ${seriesOf(of)} s
      cross join lateral (
        select * from ${sql.table(level.sketches)} k
        where k.prober = s.prober and k.endpoint = s.endpoint and k.start >= ${new Date(sinceMs)} and k.metric = ${metric}
        offset 0
      ) k
    ), bucket as (
      select k.type, k.start, k.scale, u.i, sum(u.c)::int as c
      from k cross join lateral unnest(k.i, k.c) u(i, c) group by 1, 2, 3, 4
    ), histogram as (
      select type, start, scale, array_agg(i order by i) as i, array_agg(c order by i) as c from bucket group by 1, 2, 3
    ), whole as (
      select type, start, scale, sum(n)::int as n, sum(sum) as sum, min(min) as min, max(max) as max from k group by 1, 2, 3
    )
    select * from histogram join whole using (type, start, scale)`.execute(db)
  return rows.map(({ start, ...row }) => ({ ...row, startMs: start.getTime() }))
}
