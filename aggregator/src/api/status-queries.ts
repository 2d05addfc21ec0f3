import type { Blame } from '@llmstatus/shared/outcome'
import type { ProbeType } from '@llmstatus/shared/result'
import type { Sketch } from '@llmstatus/shared/sketch'
import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'
import type { Confidence, Reason, State } from '../judge/state.ts'

/**
 * What the status is made of: five statements, whatever the number of providers. None of them touches raw results, so
 * their cost does not grow with the history.
 */

export interface EndpointRow {
  readonly id: number
  readonly provider: string
  readonly model: string
  readonly probe: string
  readonly type: ProbeType
  /** When its definition came. */
  readonly known_at: Date
  /** Null while it has not been judged. */
  readonly state: State | null
  readonly reason: Reason | null
  readonly blame: Blame | null
  readonly confidence: Confidence | null
  readonly voters: number | null
  readonly agree: number | null
  readonly since: Date | null
}

/** Without those that nobody has measured since `forgetMs`: they were taken out of every prober's configuration. What a
 * prober in quarantine measured stays here, as unknown. */
export const readEndpoints = async (db: Queries, forgetMs: number): Promise<readonly EndpointRow[]> => {
  const { rows } = await sql<EndpointRow>`
    select distinct on (e.provider, e.probe, e.model, e.id)
      e.id, e.provider, e.model, e.probe, d.type, d.at as known_at,
      v.state, v.reason, v.blame, v.confidence, v.voters, v.agree, v.since
    from endpoint e
    join definition d on d.endpoint = e.id and d.at is not null
    join prober p on p.num = d.prober and p.state <> 'revoked'
    left join verdict v on v.endpoint = e.id
    where d.type not in ('reference', 'control')
      and (v.reason is null or v.reason not in ('no_results', 'never_measured') or v.since >= ${new Date(forgetMs)})
    order by e.provider, e.probe, e.model, e.id, d.at desc, d.id desc`.execute(db)
  return rows
}

export interface VantageRow {
  readonly id: string
  readonly name: string
  readonly region: string | null
  readonly last_result_at: Date | null
  readonly clock_offset_ms: number | null
  readonly state: State | null
}

/** A vantage's own state is its vote on its own reference. */
export const readVantages = async (db: Queries): Promise<readonly VantageRow[]> => {
  const { rows } = await sql<VantageRow>`
    select p.id, p.name, p.region, p.last_result_at, p.clock_offset_ms,
      (select v.state from vote v join definition d on d.endpoint = v.endpoint and d.prober = p.num
       where v.prober = p.num and d.type = 'reference' order by v.judged_at desc limit 1) as state
    from prober p where p.state = 'approved' order by p.name`.execute(db)
  return rows
}

/** The series that approved vantages measure, as a table to join from: each is a short scan of a primary key then. */
const series = sql`(select distinct d.prober, d.endpoint from definition d
  join prober p on p.num = d.prober and p.state = 'approved'
  where d.at is not null and d.type not in ('reference', 'control'))`

export interface CountsRow {
  readonly endpoint: number
  readonly planned: number
  readonly ok: number
  readonly failed: number
}

export const readCounts = async (db: Queries, sinceMs: number): Promise<readonly CountsRow[]> => {
  const { rows } = await sql<CountsRow>`
    select s.endpoint, sum(r.planned)::float8 as planned, sum(r.ok)::float8 as ok, sum(r.failed)::float8 as failed
    from ${series} s
    cross join lateral (
      select sum(planned) as planned, sum(ok) as ok, sum(provider_failed) as failed from rollup_hour r
      where r.prober = s.prober and r.endpoint = s.endpoint and r.start >= ${new Date(sinceMs)}
    ) r
    where r.planned > 0
    group by s.endpoint`.execute(db)
  return rows
}

export type SketchRow = Sketch & { readonly endpoint: number }

export const readSketches = async (
  db: Queries,
  about: { readonly metric: string; readonly sinceMs: number },
): Promise<readonly SketchRow[]> => {
  const { rows } = await sql<SketchRow>`
    select s.endpoint, k.scale, k.i, k.c, k.n, k.sum, k.min, k.max
    from ${series} s
    join sketch_hour k on k.prober = s.prober and k.endpoint = s.endpoint
      and k.start >= ${new Date(about.sinceMs)} and k.metric = ${about.metric}`.execute(db)
  return rows
}

export const readOpenIncidents = async (db: Queries): Promise<ReadonlyMap<string, string>> => {
  const rows = await db.selectFrom('incident').select(['provider', 'id']).where('resolved_at', 'is', null).execute()
  return new Map(rows.map(row => [row.provider, row.id]))
}
