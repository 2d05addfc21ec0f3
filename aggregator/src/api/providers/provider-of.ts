import { knownModels } from '../models/known.ts'
import type { Present } from '../present.ts'
import { type Catalogue, infoOf } from '../providers.ts'
import { measuredShare } from '../share.ts'
import { firstTokenOf, timeOf, verdictOf } from '../status.ts'
import type { EndpointRow } from '../status-queries.ts'
import type { Provider, ProviderDetail, Vote } from './schema.ts'

/** Providers, from what was read and what their files say. Pure. */

export const providersOf = (present: Present, catalogue: Catalogue): readonly Provider[] => {
  const measured = new Map(present.status.providers.map(one => [one.id, one]))
  const models = Map.groupBy(knownModels(present.rows.endpoints, catalogue), one => one.provider)
  return [...new Set([...measured.keys(), ...catalogue.keys()])]
    .map(id => {
      const { name, kind, statusPage } = infoOf(catalogue, id)
      const now = measured.get(id)
      return {
        id,
        name,
        kind,
        measured: now !== undefined,
        state: now?.state ?? 'unknown',
        reason: now?.reason ?? 'never_measured',
        blame: now?.blame ?? null,
        since: now?.since ?? null,
        confidence: now?.confidence ?? 'low',
        uptime_24h: now?.uptime_24h ?? null,
        coverage: now?.coverage ?? null,
        incident_id: now?.incident_id ?? null,
        status_page: statusPage ?? null,
        models: (models.get(id) ?? []).map(one => one.id),
      } satisfies Provider
    })
    .sort((a, b) => compare(a.name.toLowerCase(), b.name.toLowerCase()) || compare(a.id, b.id))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** By the number of the endpoint. */
export type Votes = ReadonlyMap<number, readonly Vote[]>

export const detailOf = (provider: Provider, present: Present, votes: Votes): ProviderDetail => {
  const { rows, status } = present
  const endpoints = rows.endpoints.filter(row => row.provider === provider.id)
  return {
    as_of: status.as_of,
    ...provider,
    ttft_ms: firstTokenOf(endpoints, rows),
    endpoints: endpoints.map(row => endpointOf(row, present, votes)),
  }
}

const endpointOf = (row: EndpointRow, { rows }: Present, votes: Votes): ProviderDetail['endpoints'][number] => {
  const { state, reason, blame, sinceMs, confidence } = verdictOf(row)
  const { uptime, coverage } = measuredShare(rows.counts.filter(one => one.endpoint === row.id))
  return {
    model: row.model === '' ? null : row.model,
    probe: row.probe,
    type: row.type,
    state,
    reason,
    blame,
    since: timeOf(sinceMs),
    confidence,
    uptime_24h: uptime,
    coverage,
    vantages: [...(votes.get(row.id) ?? [])],
  }
}
