import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'
import type { Impact, Incident, Place } from './incident.ts'
import type { Measured } from './measured.ts'

interface Row {
  id: string
  provider: string
  state: Incident['state']
  impact: Impact
  impact_now: Impact
  eased_at: Date | null
  reason: Incident['reason']
  opened_at: Date
  resolved_at: Date | null
  clean_windows: number
  clean_at: Date | null
  scope: Place[]
}

/** Providers that have an incident to look after, open or lately resolved. */
export const readWatched = async (
  db: Queries,
  about: { readonly providers: readonly string[]; readonly sinceMs: number },
): Promise<ReadonlySet<string>> => {
  const { rows } = await sql<{ provider: string }>`
    select distinct provider from incident
    where provider = any(${[...about.providers]}) and (resolved_at is null or resolved_at >= ${new Date(about.sinceMs)})
  `.execute(db)
  return new Set(rows.map(row => row.provider))
}

/** The open one, else the last one. Whoever holds it is alone with it until the transaction ends. */
export const lockIncident = async (trx: Queries, provider: string): Promise<Incident | null> => {
  const { rows } = await sql<Row>`
    select id, provider, state, impact, impact_now, eased_at, reason, opened_at, resolved_at, clean_windows, clean_at, scope
    from incident where provider = ${provider}
    order by resolved_at desc nulls first, opened_at desc limit 1 for update
  `.execute(trx)
  const [row] = rows
  if (row === undefined) return null
  const { opened_at, resolved_at, clean_windows, clean_at, impact_now, eased_at, ...same } = row
  return {
    ...same,
    impactNow: impact_now,
    easedMs: eased_at?.getTime() ?? null,
    openedMs: opened_at.getTime(),
    resolvedMs: resolved_at?.getTime() ?? null,
    cleanWindows: clean_windows,
    cleanMs: clean_at?.getTime() ?? null,
  }
}

/** False where another replica has opened one for this provider just now. */
export const insertIncident = async (trx: Queries, incident: Incident): Promise<boolean> => {
  const { rows } = await sql`
    insert into incident (id, provider, state, impact, impact_now, reason, opened_at, scope)
    values (${incident.id}, ${incident.provider}, ${incident.state}, ${incident.impact}, ${incident.impactNow}, ${incident.reason},
      ${new Date(incident.openedMs)}, ${JSON.stringify(incident.scope)}::jsonb)
    on conflict (provider) where resolved_at is null do nothing
    returning id
  `.execute(trx)
  return rows.length === 1
}

export const updateIncident = async (trx: Queries, incident: Incident): Promise<void> => {
  await sql`
    update incident set state = ${incident.state}, impact = ${incident.impact},
      impact_now = ${incident.impactNow}, eased_at = ${timeOf(incident.easedMs)}, reason = ${incident.reason},
      resolved_at = ${timeOf(incident.resolvedMs)}, clean_windows = ${incident.cleanWindows},
      clean_at = ${timeOf(incident.cleanMs)}, scope = ${JSON.stringify(incident.scope)}::jsonb
    where id = ${incident.id}
  `.execute(trx)
}

/** Kept with it when it closes; null while it is open. */
export const keepMeasured = async (trx: Queries, id: string, measured: Measured | null): Promise<void> => {
  const kept = measured === null ? null : JSON.stringify(measured)
  await sql`update incident set measured = ${kept}::jsonb where id = ${id}`.execute(trx)
}

const timeOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms))

export interface NewEvent {
  readonly incident: string
  readonly at: Date
  readonly kind: string
  readonly text: string
  readonly evidence: object | null
}

/** Numbered in the order given, after those that are there; the incident's row is locked, so no number is taken twice. */
export const insertEvents = async (trx: Queries, incident: string, events: readonly NewEvent[]): Promise<void> => {
  if (events.length === 0) return
  await sql`
    insert into incident_event (incident, n, at, kind, text, evidence)
    select x.incident, (select coalesce(max(n), 0) from incident_event where incident = ${incident}) + x.n, x.at, x.kind, x.text, x.evidence
    from jsonb_to_recordset(${JSON.stringify(events.map((event, i) => ({ ...event, n: i + 1 })))}::jsonb)
      as x(incident uuid, n int, at timestamptz, kind text, text text, evidence jsonb)
  `.execute(trx)
}
