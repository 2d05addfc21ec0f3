import { z } from 'zod'
import type { Queries } from '../db/store.ts'
import { listIncidents, measuredOf, readIncident, readTimeline } from './incident-queries.ts'
import type { Incident } from './incident-schema.ts'
import { Limit } from './limit.ts'
import { type Catalogue, infoOf } from './providers.ts'
import { found, notFound, type Route } from './route.ts'

/** Incidents: what happened, to whom it happened, how bad it was, and what that rests on. */

const ListQuery = z.strictObject({
  state: z.enum(['open', 'resolved']).optional().describe('Only those that are open, or that are over'),
  limit: Limit.default(20),
})
const DetailPath = z.strictObject({ id: z.uuid('is not a UUID') })

export interface IncidentDeps {
  readonly db: Queries
  readonly clock: { readonly nowMs: () => number }
  readonly providers: Catalogue
}

const common = { method: 'GET', access: 'public', tag: 'incidents' } as const

export const incidentRoutes = ({ db, clock, providers }: IncidentDeps): readonly Route[] => [
  {
    ...common,
    path: '/api/v1/incidents',
    summary: 'Incidents, newest first',
    example: '/api/v1/incidents?state=open',
    inQuery: ListQuery,
    answers: { 200: { description: 'The incidents asked for', schema: 'IncidentList' } },
    problems: ['bad_request', 'unavailable'],
    answer: async ({ query }) => {
      const rows = await listIncidents(db, query as z.infer<typeof ListQuery>)
      return found({ incidents: rows.map(row => incidentOf(row, providers)) })
    },
  },
  {
    ...common,
    path: '/api/v1/incidents/{id}',
    summary: 'One incident with its timeline and what it rests on',
    inPath: DetailPath,
    answers: { 200: { description: 'The incident', schema: 'IncidentDetail' } },
    problems: ['bad_request', 'not_found', 'unavailable'],
    answer: async ({ path }) => {
      const { id } = path as z.infer<typeof DetailPath>
      const row = await readIncident(db, id)
      if (row === null) return notFound
      const timeline = await readTimeline(db, id)
      const measured = await measuredOf(db, row, clock.nowMs())
      const evidence = timeline[0]?.evidence ?? null
      return found({ ...incidentOf(row, providers), evidence, measured, timeline })
    },
  },
]

const incidentOf = (row: Omit<Incident, 'provider_name' | 'status'>, providers: Catalogue): Incident => ({
  ...row,
  provider_name: infoOf(providers, row.provider).name,
  status: row.resolved_at === null ? 'open' : 'resolved',
})
