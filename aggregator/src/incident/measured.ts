import type { Outcome } from '@llmstatus/shared/outcome'
import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'
import type { Place } from './incident.ts'

/**
 * What was measured before and during an incident, at each of its endpoints from each vantage. Read while it is open, and kept
 * with it when it closes: results are dropped after a month, and what comes late does not change what was decided on.
 */

export interface Sample {
  readonly n: number
  readonly outcomes: { readonly [code in Outcome]?: number }
  /** To the first token where there is one, else to the end; of those that were ok. */
  readonly p50_ms: number | null
  readonly p95_ms: number | null
}

interface Span {
  readonly from: string
  readonly to: string
}

export interface Measured {
  readonly before: Span
  readonly during: Span
  readonly endpoints: readonly {
    readonly model: string | null
    readonly probe: string
    readonly vantages: readonly { readonly vantage: string; readonly before: Sample; readonly during: Sample }[]
  }[]
}

interface Row {
  model: string
  probe: string
  vantage: string
  during: boolean
  outcome: Outcome
  n: number
  p50_us: number | null
  p95_us: number | null
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** It began some minutes before it opened: these are in neither. */
const beginningMs = 5 * minuteMs
const beforeMs = hourMs
/** A long one is told by its first day. */
const longestMs = 24 * hourMs

export interface Told {
  readonly provider: string
  readonly scope: readonly Place[]
  readonly openedMs: number
  /** When it was resolved, or now. */
  readonly untilMs: number
}

export const readMeasured = async (db: Queries, about: Told): Promise<Measured> => {
  const { openedMs } = about
  const before = spanOf(openedMs - beginningMs - beforeMs, openedMs - beginningMs)
  const during = spanOf(openedMs, Math.max(openedMs, Math.min(about.untilMs, openedMs + longestMs)))
  const { rows } = await sql<Row>`
    select e.model, e.probe, p.name as vantage, r.slot >= ${during.from}::timestamptz as during, r.outcome::text as outcome,
      count(*)::int as n,
      percentile_cont(0.5) within group (order by coalesce(r.first_token_us, r.last_byte_us)) as p50_us,
      percentile_cont(0.95) within group (order by coalesce(r.first_token_us, r.last_byte_us)) as p95_us
    from jsonb_to_recordset(${JSON.stringify(about.scope)}::jsonb) as s(model text, probe text)
    join endpoint e on e.provider = ${about.provider} and e.model = s.model and e.probe = s.probe
    cross join prober p
    join result r on r.endpoint = e.id and r.prober = p.num
      and r.slot >= ${before.from}::timestamptz and r.slot <= ${during.to}::timestamptz
      and (r.slot < ${before.to}::timestamptz or r.slot >= ${during.from}::timestamptz)
    where r.classifier > 0 and not r.clock_ahead
    group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`.execute(db)
  return { before, during, endpoints: endpointsOf(rows) }
}

const spanOf = (fromMs: number, toMs: number): Span => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
})

const endpointsOf = (rows: readonly Row[]): Measured['endpoints'] =>
  [...Map.groupBy(rows, row => JSON.stringify([row.model, row.probe])).values()].map(group => ({
    model: group[0]?.model === '' ? null : (group[0]?.model ?? null),
    probe: group[0]?.probe ?? '',
    vantages: [...Map.groupBy(group, row => row.vantage)].map(([vantage, own]) => ({
      vantage,
      before: sampleOf(own.filter(row => !row.during)),
      during: sampleOf(own.filter(row => row.during)),
    })),
  }))

const sampleOf = (rows: readonly Row[]): Sample => {
  const ok = rows.find(row => row.outcome === 'ok')
  return {
    n: rows.reduce((sum, row) => sum + row.n, 0),
    outcomes: Object.fromEntries(rows.map(row => [row.outcome, row.n])),
    p50_ms: milliseconds(ok?.p50_us),
    p95_ms: milliseconds(ok?.p95_us),
  }
}

const milliseconds = (us: number | null | undefined): number | null => (us == null ? null : Math.round(us / 100) / 10)
