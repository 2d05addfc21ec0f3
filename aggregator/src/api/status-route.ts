import { isDeepStrictEqual } from 'node:util'
import type { Queries } from '../db/store.ts'
import { defaultPolicy, type Policy } from '../judge/policy.ts'
import type { Catalogue } from './providers.ts'
import { found, type Route } from './route.ts'
import { createSnapshot } from './snapshot.ts'
import { statusOf } from './status.ts'
import { readCounts, readEndpoints, readOpenIncidents, readSketches, readVantages } from './status-queries.ts'
import type { Status } from './status-schema.ts'

export interface StatusDeps {
  readonly db: Queries
  readonly clock: { readonly nowMs: () => number }
  readonly policy: Policy
  readonly providers: Catalogue
}

export const statusRoute = (deps: StatusDeps): Route => {
  const status = createSnapshot(() => readStatus(deps), deps.clock)
  return {
    method: 'GET',
    path: '/api/v1/status',
    access: 'public',
    tag: 'status',
    summary: 'What is up, slow or failing, why, and whose problem it is',
    answers: { 200: { description: 'Everything, worst first', schema: 'Status' } },
    problems: ['unavailable'],
    answer: async () => {
      const { value, ageMs } = await status()
      return found(aged(value, ageMs))
    },
  }
}

/** What was read a while ago, because the database is away now, says how old it is. */
const aged = (status: Status, ageMs: number): Status =>
  ageMs === 0 || status.stale_s === null
    ? status
    : { ...status, stale_s: status.stale_s + Math.round(ageMs / 100) / 10 }

const hourMs = 3_600_000

/** Hours are whole, so "the last hour" begins with this one, or with the one before while this one is young. */
export const firstTokenSince = (nowMs: number): number => {
  const hour = Math.floor(nowMs / hourMs) * hourMs
  return nowMs - hour >= hourMs / 2 ? hour : hour - hourMs
}

const readStatus = async ({ db, clock, policy, providers }: StatusDeps): Promise<Status> => {
  const nowMs = clock.nowMs()
  const tokensMs = firstTokenSince(nowMs)
  const rows = {
    endpoints: await readEndpoints(db, nowMs - policy.late.forgetAfterMs),
    vantages: await readVantages(db),
    counts: await readCounts(db, nowMs - 24 * hourMs),
    firstTokens: await readSketches(db, { metric: 'first_token', sinceMs: tokensMs }),
    windowS: Math.round((nowMs - tokensMs) / 1000),
    incidents: await readOpenIncidents(db),
  }
  const note = isDeepStrictEqual(policy, defaultPolicy) ? 'default' : 'custom'
  return statusOf(rows, { catalogue: providers, policy: note, nowMs })
}
