import type { Sketch } from '@llmstatus/shared/sketch'
import { sql } from 'kysely'
import type { Queries } from '../../db/store.ts'
import type { Level } from '../../rollup/levels.ts'

/** Chat, model by model and vantage by vantage: two statements. */

export interface SeriesRow {
  readonly endpoint: number
  readonly prober: number
  readonly provider: string
  readonly model: string
  readonly probe: string
  readonly vantage: string
  readonly region: string | null
  readonly planned: number
  readonly countable: number
  readonly tokens_out: number
  readonly cost_usd: number
}

interface Since {
  readonly level: Level
  readonly sinceMs: number
}

const series = sql`(
  select distinct d.prober, d.endpoint from definition d
  join prober p on p.num = d.prober and p.state = 'approved'
  where d.at is not null and d.type = 'chat')`

export const readSeries = async (db: Queries, { level, sinceMs }: Since): Promise<readonly SeriesRow[]> => {
  const { rows } = await sql<SeriesRow>`
    select s.endpoint, s.prober, e.provider, e.model, e.probe, p.name as vantage, p.region,
      r.planned::float8 as planned, r.countable::float8 as countable, r.tokens_out::float8 as tokens_out, r.cost_usd
    from ${series} s
    cross join lateral (
      select sum(planned) as planned, sum(ok + provider_failed) as countable, sum(tokens_out) as tokens_out,
        sum(cost_usd) as cost_usd
      from ${sql.table(level.counts)} r
      where r.prober = s.prober and r.endpoint = s.endpoint and r.start >= ${new Date(sinceMs)}
    ) r
    join endpoint e on e.id = s.endpoint
    join prober p on p.num = s.prober
    where r.planned is not null
    order by e.provider, e.model, e.probe, p.name`.execute(db)
  return rows
}

export type HistogramRow = Sketch & Pick<SeriesRow, 'endpoint' | 'prober'> & { readonly metric: string }

export const readHistograms = async (db: Queries, { level, sinceMs }: Since): Promise<readonly HistogramRow[]> => {
  const { rows } = await sql<HistogramRow>`
    select s.endpoint, s.prober, k.metric, k.scale, k.i, k.c, k.n, k.sum, k.min, k.max
    from ${series} s
    join ${sql.table(level.sketches)} k on k.prober = s.prober and k.endpoint = s.endpoint
      and k.start >= ${new Date(sinceMs)}`.execute(db)
  return rows
}
