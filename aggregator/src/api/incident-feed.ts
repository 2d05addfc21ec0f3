import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'
import type { Incident, IncidentEvent } from './incident-schema.ts'

/** Incidents with what happened in each: what feeds and the Statuspage shape are made of. One statement. */

export type ToldEvent = Pick<IncidentEvent, 'n' | 'kind' | 'text'> & { readonly atMs: number }

export interface ToldIncident {
  readonly id: string
  readonly provider: string
  readonly state: Incident['state']
  readonly impact: Incident['impact']
  readonly openedMs: number
  readonly resolvedMs: number | null
  readonly scope: readonly { readonly model: string; readonly probe: string }[]
  /** Oldest first; at least one. */
  readonly events: readonly ToldEvent[]
}

type Row = Omit<ToldIncident, 'events' | 'openedMs' | 'resolvedMs'> & {
  opened_at: Date
  resolved_at: Date | null
  events: readonly { n: number; kind: IncidentEvent['kind']; text: string; at: string }[]
}

/** As many as other status pages keep in theirs. */
export const toldIncidents = 50

export const readToldIncidents = async (db: Queries): Promise<readonly ToldIncident[]> => {
  const { rows } = await sql<Row>`
    select i.id, i.provider, i.state, i.impact, i.opened_at, i.resolved_at, i.scope,
      (select jsonb_agg(jsonb_build_object('n', e.n, 'kind', e.kind, 'text', e.text, 'at', e.at) order by e.n)
       from incident_event e where e.incident = i.id) as events
    from incident i
    order by i.opened_at desc, i.id desc limit ${toldIncidents}`.execute(db)
  return rows.map(({ opened_at, resolved_at, events, ...row }) => ({
    ...row,
    openedMs: opened_at.getTime(),
    resolvedMs: resolved_at?.getTime() ?? null,
    events: (events ?? []).map(({ at, ...event }) => ({ ...event, atMs: Date.parse(at) })),
  }))
}

export const lastToldMs = ({ openedMs, resolvedMs, events }: ToldIncident): number =>
  Math.max(openedMs, resolvedMs ?? 0, ...events.map(event => event.atMs))
