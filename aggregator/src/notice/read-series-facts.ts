import type { Outcome } from '@llmstatus/shared/outcome'
import type { ProbeType } from '@llmstatus/shared/result'
import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'
import type { Headroom, ResultFacts, SeriesFacts } from './facts.ts'

interface Row {
  endpoint: number
  provider: string
  model: string
  probe: string
  type: ProbeType
  every_ms: number
  floor: number | null
  slot: Date
  outcome: Outcome
  stated: Outcome | null
  signal: string | null
  first_token_us: number | null
  last_byte_us: number | null
  tokens_out: number | null
  requests_limit: number | null
  requests_remaining: number | null
  tokens_limit: number | null
  tokens_remaining: number | null
  reported_model: string | null
}

const most = 20
const dayMs = 86_400_000

/** One prober's series with their last results: of each one short descending scan of the primary key. */
export const readSeriesFacts = async (db: Queries, prober: number, nowMs: number): Promise<readonly SeriesFacts[]> => {
  const { rows } = await sql<Row>`
    with series as (
      select distinct on (d.endpoint) d.endpoint, d.type, d.every_ms, (d.sla ->> 'tps_p50_min')::float8 as floor
      from definition d where d.prober = ${prober} and d.at is not null and d.type not in ('reference', 'control')
      order by d.endpoint, d.at desc, d.id desc
    )
    select s.endpoint, e.provider, e.model, e.probe, s.type, s.every_ms, s.floor, r.slot, r.outcome::text as outcome,
      r.stated::text as stated, r.signal, r.first_token_us, r.last_byte_us, r.tokens_out, r.requests_limit,
      r.requests_remaining, r.tokens_limit, r.tokens_remaining, m.name as reported_model
    from series s
    join endpoint e on e.id = s.endpoint
    cross join lateral (
      select * from result r
      where r.endpoint = s.endpoint and r.prober = ${prober} and r.slot >= ${new Date(nowMs - dayMs)}
        and r.slot <= ${new Date(nowMs + dayMs)} and r.classifier > 0 and not r.clock_ahead
      order by r.slot desc, r.id desc limit ${most}
    ) r
    left join reported_model m on m.id = r.reported_model
    order by s.endpoint, r.slot desc, r.id desc`.execute(db)
  return [...Map.groupBy(rows, row => row.endpoint).values()].flatMap(group => seriesOf(prober, group))
}

const seriesOf = (prober: number, rows: readonly Row[]): readonly SeriesFacts[] => {
  const [first] = rows
  if (first === undefined) return []
  const { provider, model, probe, type, every_ms, floor } = first
  const latest = rows.map(resultOf)
  return [{ prober, provider, model, probe, type, everyMs: every_ms, tokensPerSecondFloor: floor, latest }]
}

const resultOf = (row: Row): ResultFacts => ({
  slotMs: row.slot.getTime(),
  outcome: row.outcome,
  stated: row.stated,
  signal: row.signal,
  firstTokenUs: row.first_token_us,
  lastByteUs: row.last_byte_us,
  tokensOut: row.tokens_out,
  requests: roomOf(row.requests_limit, row.requests_remaining),
  tokens: roomOf(row.tokens_limit, row.tokens_remaining),
  reportedModel: row.reported_model,
})

const roomOf = (limit: number | null, remaining: number | null): Headroom | null =>
  limit === null || remaining === null ? null : { limit, remaining }
