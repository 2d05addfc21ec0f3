import { sql } from 'kysely'
import type { Queries } from '../db/store.ts'
import { type Measured, readMeasured } from '../incident/measured.ts'
import type { Incident, IncidentEvent } from './incident-schema.ts'

type Stored = Omit<Incident, 'provider_name' | 'status'>
type Row = Omit<Stored, 'opened_at' | 'resolved_at' | 'scope'> & {
  opened_at: Date
  resolved_at: Date | null
  scope: readonly { model: string; probe: string }[]
}

/** With the sentence of its last opening; a reopened one tells of that. */
const columns = sql`i.id, i.provider, i.state, i.impact,
  case when i.resolved_at is null then i.impact_now end as impact_now, i.reason, i.opened_at, i.resolved_at, i.scope,
  (select e.text from incident_event e
   where e.incident = i.id and e.kind in ('opened', 'reopened') order by e.n desc limit 1) as text`

export const listIncidents = async (
  db: Queries,
  asked: { readonly state?: 'open' | 'resolved' | undefined; readonly limit: number },
): Promise<readonly Stored[]> => {
  const which = { open: sql`where i.resolved_at is null`, resolved: sql`where i.resolved_at is not null` }
  const { rows } = await sql<Row>`
    select ${columns} from incident i ${asked.state === undefined ? sql`` : which[asked.state]}
    order by i.opened_at desc, i.id desc limit ${asked.limit}`.execute(db)
  return rows.map(stored)
}

export const readIncident = async (db: Queries, id: string): Promise<Stored | null> => {
  const { rows } = await sql<Row>`select ${columns} from incident i where i.id = ${id}`.execute(db)
  return rows[0] === undefined ? null : stored(rows[0])
}

export const readTimeline = async (db: Queries, id: string): Promise<readonly IncidentEvent[]> => {
  const { rows } = await sql<Omit<IncidentEvent, 'at'> & { at: Date }>`
    select n, at, kind, text, evidence from incident_event where incident = ${id} order by n`.execute(db)
  return rows.map(row => ({ ...row, at: row.at.toISOString() }))
}

/** As it was kept when it closed; read now while it is open. Null where it closed before anything was kept. */
export const measuredOf = async (db: Queries, { id, provider }: Stored, nowMs: number): Promise<Measured | null> => {
  const row = await db
    .selectFrom('incident')
    .select(['scope', 'opened_at', 'resolved_at', 'measured'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  if (row.resolved_at !== null) return row.measured as Measured | null
  return readMeasured(db, { provider, scope: row.scope, openedMs: row.opened_at.getTime(), untilMs: nowMs })
}

const stored = (row: Row): Stored => ({
  ...row,
  opened_at: row.opened_at.toISOString(),
  resolved_at: row.resolved_at?.toISOString() ?? null,
  scope: row.scope.map(({ model, probe }) => ({ model: model === '' ? null : model, probe })),
})
