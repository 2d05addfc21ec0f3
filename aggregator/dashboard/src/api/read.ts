import {
  type Blame,
  type Endpoint,
  type Incident,
  type Provider,
  type State,
  type Status,
  states,
  type Vantage,
} from './shapes.ts'

/**
 * From an answer to what the page shows. A field that is missing or strange becomes "not known", never a green guess: a
 * page that is older than its aggregator stays readable.
 */

type Fields = Readonly<Record<string, unknown>>

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fields) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const number = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)
const oneOf = <T extends string>(known: readonly T[], value: unknown): T | null =>
  known.find(one => one === value) ?? null

const state = (value: unknown): State => oneOf(states, value) ?? 'unknown'
const blames: readonly Blame[] = ['provider', 'account', 'config', 'vantage']

/** Null: this is not a status at all. */
export const readStatus = (json: unknown): Status | null => {
  const status = fields(json)
  if (!Array.isArray(status.providers) || !Array.isArray(status.vantages)) return null
  return {
    as_of: text(status.as_of),
    stale_s: number(status.stale_s),
    policy: status.policy === 'custom' ? 'custom' : 'default',
    vantages: list(status.vantages).map(vantage),
    providers: list(status.providers).map(provider),
  }
}

const vantage = (one: Fields): Vantage => ({
  id: text(one.id),
  name: text(one.name),
  region: textOrNull(one.region),
  state: state(one.state),
  last_result_at: textOrNull(one.last_result_at),
  clock_offset_ms: number(one.clock_offset_ms),
})

const provider = (one: Fields): Provider => {
  const ttft = fields(one.ttft_ms)
  return {
    id: text(one.id),
    name: text(one.name) || text(one.id),
    kind: text(one.kind),
    state: state(one.state),
    reason: text(one.reason),
    blame: oneOf(blames, one.blame),
    since: textOrNull(one.since),
    confidence: oneOf(['low', 'medium', 'high'], one.confidence),
    coverage: number(one.coverage),
    uptime_24h: number(one.uptime_24h),
    ttft_ms: one.ttft_ms === null ? null : { p50: number(ttft.p50), p95: number(ttft.p95) },
    endpoints: list(one.endpoints).map(endpoint),
  }
}

const endpoint = (one: Fields): Endpoint => ({
  model: textOrNull(one.model),
  probe: text(one.probe),
  state: state(one.state),
  reason: text(one.reason),
})

export const readIncidents = (json: unknown): readonly Incident[] => list(fields(json).incidents).map(incident)

const incident = (one: Fields): Incident => ({
  id: text(one.id),
  provider: text(one.provider),
  provider_name: text(one.provider_name) || text(one.provider),
  state: state(one.state),
  impact: oneOf(['minor', 'major', 'critical'], one.impact) ?? 'minor',
  reason: text(one.reason),
  opened_at: text(one.opened_at),
  resolved_at: textOrNull(one.resolved_at),
  scope: list(one.scope).map(({ model, probe }) => ({ model: textOrNull(model), probe: text(probe) })),
  text: textOrNull(one.text),
})
