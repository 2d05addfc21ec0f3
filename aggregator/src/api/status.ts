import { mergeSketches, quantile } from '@llmstatus/shared/sketch'
import { overall } from '../judge/overall.ts'
import { providerState } from '../judge/provider.ts'
import { severity } from '../judge/state.ts'
import type { Verdict } from '../judge/verdict.ts'
import { type Catalogue, infoOf } from './providers.ts'
import { mainOf, measuredShare } from './share.ts'
import type { CountsRow, EndpointRow, SketchRow, VantageRow } from './status-queries.ts'
import type { Status } from './status-schema.ts'

/** The status from its rows: pure, so that the same rows always give the same page. */

export interface StatusRows {
  readonly endpoints: readonly EndpointRow[]
  readonly vantages: readonly VantageRow[]
  readonly counts: readonly CountsRow[]
  readonly firstTokens: readonly SketchRow[]
  /** How far back the sketches reach. */
  readonly windowS: number
  readonly incidents: ReadonlyMap<string, string>
}

export interface About {
  readonly catalogue: Catalogue
  readonly policy: Status['policy']
  readonly nowMs: number
}

/** One provider of them, with its endpoints. */
export type ProviderStatus = Status['providers'][number]

export const statusOf = (rows: StatusRows, { catalogue, policy, nowMs }: About): Status => {
  const byProvider = [...Map.groupBy(rows.endpoints, row => row.provider)]
  const judged = byProvider.map(([id, endpoints]) => ({ id, endpoints, ...providerState(endpoints.map(verdictOf)) }))
  const named = judged.map(one => ({ ...one, ...infoOf(catalogue, one.id) }))
  const sorted = named.toSorted((a, b) => severity(b.state) - severity(a.state) || (a.name < b.name ? -1 : 1))
  const watchers = rows.vantages.map(row => ({ name: row.name, lastResultMs: row.last_result_at?.getTime() ?? null }))
  const whole = overall(named, { nowMs, watchers })
  return {
    as_of: timeOf(nowMs),
    stale_s: staleness(rows.vantages, nowMs),
    policy,
    overall: { state: whole.state, text: whole.text, since: whole.sinceMs === null ? null : timeOf(whole.sinceMs) },
    vantages: rows.vantages.map(vantageOf),
    providers: sorted.map(one => ({
      id: one.id,
      name: one.name,
      kind: one.kind,
      state: one.state,
      reason: one.reason,
      blame: one.blame,
      since: timeOf(one.sinceMs),
      confidence: one.confidence,
      ...uptimeOf(one.endpoints, rows.counts),
      ttft_ms: firstTokenOf(one.endpoints, rows),
      announced: null,
      incident_id: rows.incidents.get(one.id) ?? null,
      endpoints: one.endpoints.map(endpointOf),
    })),
  }
}

export const timeOf = (ms: number): string => new Date(ms).toISOString()

/** What has not been judged yet has not been measured yet. */
export const verdictOf = (row: EndpointRow): Verdict => ({
  endpoint: row,
  state: row.state ?? 'unknown',
  reason: row.reason ?? 'never_measured',
  blame: row.blame,
  confidence: row.confidence ?? 'low',
  sinceMs: (row.since ?? row.known_at).getTime(),
  voters: row.voters ?? 0,
  agree: row.agree ?? 0,
})

const endpointOf = (row: EndpointRow): Status['providers'][number]['endpoints'][number] => {
  const { state, reason, sinceMs } = verdictOf(row)
  return { model: row.model === '' ? null : row.model, probe: row.probe, state, reason, since: timeOf(sinceMs) }
}

const vantageOf = (row: VantageRow): Status['vantages'][number] => ({
  id: row.id,
  name: row.name,
  region: row.region,
  state: row.state ?? 'unknown',
  last_result_at: row.last_result_at?.toISOString() ?? null,
  clock_offset_ms: row.clock_offset_ms,
})

export const staleness = (vantages: readonly Pick<VantageRow, 'last_result_at'>[], nowMs: number): number | null => {
  const times = vantages.flatMap(({ last_result_at }) => last_result_at?.getTime() ?? [])
  return times.length === 0 ? null : Math.max(0, Math.round((nowMs - Math.max(...times)) / 100) / 10)
}

export const uptimeOf = (endpoints: readonly EndpointRow[], counts: readonly CountsRow[]) => {
  const ids = new Set(mainOf(endpoints).map(row => row.id))
  const { uptime, coverage } = measuredShare(counts.filter(row => ids.has(row.endpoint)))
  return { coverage, uptime_24h: uptime }
}

export const firstTokenOf = (
  endpoints: readonly EndpointRow[],
  { firstTokens, windowS }: StatusRows,
): Status['providers'][number]['ttft_ms'] => {
  const chat = new Set(endpoints.filter(row => row.type === 'chat').map(row => row.id))
  const own = firstTokens.filter(row => chat.has(row.endpoint))
  if (own.length === 0) return { p50: null, p95: null, n: 0, window_s: windowS }
  const sketch = mergeSketches(own)
  return {
    p50: milliseconds(quantile(sketch, 0.5)),
    p95: milliseconds(quantile(sketch, 0.95)),
    n: sketch.n,
    window_s: windowS,
  }
}

export const milliseconds = (ms: number | null): number | null => (ms === null ? null : Math.round(ms * 10) / 10)
