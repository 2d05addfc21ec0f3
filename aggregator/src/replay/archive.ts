import type { Outcome } from '@llmstatus/shared/outcome'
import type { ProbeType } from '@llmstatus/shared/result'
import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'
import type { Impact } from '../incident/incident.ts'
import type { Sla } from '../judge/thresholds.ts'

/** What a replay reads: which providers there are, the series of one, its results piece by piece, its incidents. */

export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

export const readProviders = async (db: Queries): Promise<readonly string[]> => {
  const { rows } = await sql<{ provider: string }>`
    select distinct e.provider from endpoint e
    join definition d on d.endpoint = e.id and d.at is not null and d.type not in ('reference', 'control')
    order by 1`.execute(db)
  return rows.map(row => row.provider)
}

/** Null where nothing is stored. */
export const readFirstMs = async (db: Queries): Promise<number | null> => {
  const { rows } = await sql<{ first: Date | null }>`select min(slot) as first from result`.execute(db)
  return rows[0]?.first?.getTime() ?? null
}

/** One endpoint of one approved vantage, as it was defined last. */
export interface ArchivedSeries {
  readonly endpoint: number
  readonly prober: number
  readonly model: string
  readonly probe: string
  readonly type: ProbeType
  readonly interval_ms: number
  readonly sla: Sla | null
  readonly reasoning: boolean
}

export const readArchivedSeries = async (db: Queries, provider: string): Promise<readonly ArchivedSeries[]> => {
  const { rows } = await sql<ArchivedSeries>`
    select distinct on (d.endpoint, d.prober) d.endpoint, d.prober, e.model, e.probe, d.type,
      greatest(d.every_ms, d.timeout_ms) as interval_ms, d.sla, d.reasoning
    from definition d
    join endpoint e on e.id = d.endpoint
    join prober p on p.num = d.prober and p.state = 'approved'
    where e.provider = ${provider} and d.at is not null and d.type not in ('reference', 'control')
    order by d.endpoint, d.prober, d.at desc, d.id desc`.execute(db)
  return rows
}

/** A result with all that an outcome is made of. */
export interface ArchivedResult {
  readonly slot: Date
  readonly at: Date
  readonly endpoint: number
  readonly prober: number
  readonly why: string
  readonly outcome: Outcome
  readonly operation: string | null
  readonly signal: string | null
  readonly finish: string
  readonly content: string
  readonly http_status: number | null
  readonly errno: string | null
  readonly uncertainty_us: number
  readonly dns_us: number | null
  readonly tcp_us: number | null
  readonly tls_us: number | null
  readonly sent_us: number | null
  readonly first_byte_us: number | null
  readonly first_token_us: number | null
  readonly first_visible_us: number | null
  readonly last_byte_us: number | null
  readonly tokens_out: number | null
  readonly dialect: string
  readonly type: ProbeType
  readonly keyed: boolean
  readonly timeout_ms: number
}

/** Those that have a vote: the definition is known, the clock was not ahead, they were not late. */
export const readResults = async (
  db: Queries,
  endpoints: readonly number[],
  { fromMs, toMs }: Span,
): Promise<readonly ArchivedResult[]> => {
  const { rows } = await sql<ArchivedResult>`
    select r.slot, r.at, r.endpoint, r.prober, r.why, r.outcome, r.operation, r.signal, r.finish, r.content, r.http_status,
      r.errno, r.uncertainty_us, r.dns_us, r.tcp_us, r.tls_us, r.sent_us, r.first_byte_us, r.first_token_us,
      r.first_visible_us, r.last_byte_us, r.tokens_out, d.dialect, d.type, d.keyed, d.timeout_ms
    from result r
    join definition d on d.id = r.definition
    where r.endpoint = any(${[...endpoints]}::int[])
      and r.slot >= ${new Date(fromMs)} and r.slot < ${new Date(toMs)}
      and r.classifier > 0 and not r.clock_ahead and not r.late
    order by r.slot, r.id`.execute(db)
  return rows
}

/** An incident as it is compared. */
export interface Episode {
  readonly id: string | null
  readonly openedMs: number
  readonly resolvedMs: number | null
  readonly impact: Impact
  readonly reason: string
}

/** Those that opened in this time, as they were at its end. */
export const readEpisodes = async (db: Queries, provider: string, span: Span): Promise<readonly Episode[]> => {
  const { rows } = await sql<{ id: string; opened_at: Date; resolved_at: Date | null; impact: Impact; reason: string }>`
    select id, opened_at, resolved_at, impact, reason from incident
    where provider = ${provider} and opened_at >= ${new Date(span.fromMs)} and opened_at < ${new Date(span.toMs)}
    order by opened_at, id`.execute(db)
  return rows.map(({ id, opened_at, resolved_at, impact, reason }) => ({
    id,
    openedMs: opened_at.getTime(),
    resolvedMs: endOf(resolved_at, span),
    impact,
    reason,
  }))
}

/** What ended after this time was open at its end, and a replay up to there cannot know more. */
const endOf = (resolved: Date | null, { toMs }: Span): number | null =>
  resolved === null || resolved.getTime() >= toMs ? null : resolved.getTime()
