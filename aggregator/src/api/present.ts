import { isDeepStrictEqual } from 'node:util'
import type { Queries } from '../db/store.ts'
import { defaultPolicy, type Policy } from '../judge/policy.ts'
import type { Catalogue } from './providers.ts'
import { type Ask, createSnapshot } from './snapshot.ts'
import { type StatusRows, statusOf } from './status.ts'
import { readCounts, readEndpoints, readOpenIncidents, readSketches, readVantages } from './status-queries.ts'
import type { Status } from './status-schema.ts'

/**
 * How things are now, read once for everything that is made of it: status, providers, models, verdicts, badges and the
 * Statuspage shape. While the database is away they all go on with what was read last.
 */
export interface PresentDeps {
  readonly db: Queries
  readonly clock: { readonly nowMs: () => number }
  readonly policy: Policy
  readonly providers: Catalogue
}

export interface Present {
  readonly nowMs: number
  readonly rows: StatusRows
  readonly status: Status
}

const hourMs = 3_600_000

/** Hours are whole, so "the last hour" begins with this one, or with the one before while this one is young. */
export const firstTokenSince = (nowMs: number): number => {
  const hour = Math.floor(nowMs / hourMs) * hourMs
  return nowMs - hour >= hourMs / 2 ? hour : hour - hourMs
}

export const createPresent = (deps: PresentDeps): Ask<Present> => {
  const policy = isDeepStrictEqual(deps.policy, defaultPolicy) ? 'default' : 'custom'
  return createSnapshot(async () => {
    const nowMs = deps.clock.nowMs()
    const rows = await readRows(deps, nowMs)
    return { nowMs, rows, status: statusOf(rows, { catalogue: deps.providers, policy, nowMs }) }
  }, deps.clock)
}

const readRows = async ({ db, policy }: PresentDeps, nowMs: number): Promise<StatusRows> => {
  const tokensMs = firstTokenSince(nowMs)
  return {
    endpoints: await readEndpoints(db, nowMs - policy.late.forgetAfterMs),
    vantages: await readVantages(db),
    counts: await readCounts(db, nowMs - 24 * hourMs),
    firstTokens: await readSketches(db, { metric: 'first_token', sinceMs: tokensMs }),
    windowS: Math.round((nowMs - tokensMs) / 1000),
    incidents: await readOpenIncidents(db),
  }
}
