import type { Present } from './present.ts'
import { found, type Route } from './route.ts'
import type { Ask } from './snapshot.ts'
import type { Status } from './status-schema.ts'

export const statusRoute = (present: Ask<Present>): Route => ({
  method: 'GET',
  path: '/api/v1/status',
  access: 'public',
  tag: 'status',
  summary: 'What is up, slow or failing, why, and whose problem it is',
  answers: { 200: { description: 'Everything, worst first', schema: 'Status' } },
  problems: ['unavailable'],
  example: '/api/v1/status',
  answer: async () => {
    const { value, ageMs } = await present()
    return found(aged(value.status, ageMs), { ageMs })
  },
})

/** What was read a while ago, because the database is away now, says how old it is. */
const aged = (status: Status, ageMs: number): Status =>
  ageMs === 0 || status.stale_s === null
    ? status
    : { ...status, stale_s: status.stale_s + Math.round(ageMs / 100) / 10 }
