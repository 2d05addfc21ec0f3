/** What the page reads of GET /api/v1/status and /api/v1/incidents. */

export const states = [
  'outage',
  'partial_outage',
  'degraded',
  'slow',
  'throttled',
  'unknown',
  'maintenance',
  'operational',
] as const
export type State = (typeof states)[number]
export type Blame = 'provider' | 'account' | 'config' | 'vantage'

export interface Status {
  readonly as_of: string
  /** Seconds since the newest result. */
  readonly stale_s: number | null
  readonly policy: 'default' | 'custom'
  readonly vantages: readonly Vantage[]
  readonly providers: readonly Provider[]
}

export interface Vantage {
  readonly id: string
  readonly name: string
  readonly region: string | null
  /** Of the monitor itself, by its probe of its own reference. */
  readonly state: State
  readonly last_result_at: string | null
  readonly clock_offset_ms: number | null
}

export interface Provider {
  readonly id: string
  readonly name: string
  readonly kind: string
  readonly state: State
  readonly reason: string
  readonly blame: Blame | null
  readonly since: string | null
  readonly confidence: 'low' | 'medium' | 'high' | null
  /** Countable ÷ planned. */
  readonly coverage: number | null
  readonly uptime_24h: number | null
  readonly ttft_ms: { readonly p50: number | null; readonly p95: number | null } | null
  readonly endpoints: readonly Endpoint[]
}

export interface Endpoint {
  readonly model: string | null
  readonly probe: string
  readonly state: State
  readonly reason: string
}

export interface Incident {
  readonly id: string
  readonly provider: string
  readonly provider_name: string
  readonly state: State
  readonly impact: 'minor' | 'major' | 'critical'
  readonly reason: string
  readonly opened_at: string
  readonly resolved_at: string | null
  readonly scope: readonly { readonly model: string | null; readonly probe: string }[]
  /** What happened, in a sentence. */
  readonly text: string | null
}
