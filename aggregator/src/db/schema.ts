import type { Generated, JSONColumnType } from 'kysely'
import type {
  IncidentEventTable,
  IncidentTable,
  LeaseTable,
  NoticeTable,
  VerdictTable,
  VoteTable,
} from './schema-judged.ts'

/** The tables as Kysely sees them; schema.test.ts checks every column against the catalogue. */
export interface Db {
  aggregator: AggregatorTable
  enrol_token: EnrolTokenTable
  prober: ProberTable
  prober_key: ProberKeyTable
  ledger: LedgerTable
  endpoint: EndpointTable
  definition: DefinitionTable
  result: ResultTable
  skip: SkipTable
  reported_model: ReportedModelTable
  rollup_5min: RollupTable
  rollup_hour: RollupTable
  rollup_day: RollupTable
  sketch_5min: SketchTable
  sketch_hour: SketchTable
  sketch_day: SketchTable
  ledger_anchor: LedgerAnchorTable
  vote: VoteTable
  verdict: VerdictTable
  incident: IncidentTable
  incident_event: IncidentEventTable
  former_key: FormerKeyTable
  custom_definition: CustomDefinitionTable
  definition_set: DefinitionSetTable
  lease: LeaseTable
  notice: NoticeTable
}

export interface AggregatorTable {
  one: Generated<boolean>
  kid: string
  since: Date
}

export interface EnrolTokenTable {
  kid: string
  jwk: JSONColumnType<{ kty: 'OKP'; crv: 'Ed25519'; x: string }>
  auto_approve: boolean
  created_at: Date
  expires_at: Date
  used_at: Date | null
  used_by: string | null
}

export interface ProberTable {
  id: string
  num: Generated<number>
  name: string
  region: string | null
  continent: string | null
  version: string
  kid: string
  jwk: JSONColumnType<{ kty: 'OKP'; crv: 'Ed25519'; x: string }>
  state: 'pending' | 'approved' | 'revoked' | 'quarantined'
  state_since: Date
  enrolled_at: Date
  head_seq: Generated<number>
  head_hash: string
  clock_offset_ms: number | null
  last_batch_at: Date | null
  last_result_at: Date | null
  rejected: JSONColumnType<Record<string, number>, string | undefined>
  dropped_keys: Generated<number>
  disagreed: Generated<number>
}

export interface ProberKeyTable {
  kid: string
  prober: number
  jwk: JSONColumnType<{ kty: 'OKP'; crv: 'Ed25519'; x: string }>
  first_seq: number
  last_seq: number | null
}

export interface LedgerTable {
  prober: number
  seq: number
  typ: string
  hash: string
  jws: string
  body: Uint8Array
  received_at: Date
  receipt: string
  n: number
  rejected: JSONColumnType<{ line: number; reason: string; detail: string }[]>
  gap: JSONColumnType<Record<string, unknown>> | null
}

export interface EndpointTable {
  id: Generated<number>
  provider: string
  model: string
  probe: string
}

export interface DefinitionTable {
  id: Generated<number>
  prober: number
  digest: string
  endpoint: number
  at: Date | null
  type: string | null
  dialect: string | null
  keyed: boolean | null
  origin: string | null
  every_ms: number | null
  timeout_ms: number | null
  sla: JSONColumnType<Record<string, number>> | null
  billed: boolean | null
  reasoning: boolean | null
}

export interface ResultTable {
  slot: Date
  at: Date
  id: string
  prober: number
  endpoint: number
  definition: number
  uncertainty_us: number
  loop_delay_us: number
  chunks: number
  dns_us: number | null
  tcp_us: number | null
  tls_us: number | null
  sent_us: number | null
  first_byte_us: number | null
  first_token_us: number | null
  first_visible_us: number | null
  last_byte_us: number | null
  tokens_in: number | null
  tokens_out: number | null
  tokens_reasoning: number | null
  gap_p50_us: number | null
  gap_max_us: number | null
  cost_usd: number | null
  requests_limit: number | null
  requests_remaining: number | null
  requests_reset_s: number | null
  tokens_limit: number | null
  tokens_remaining: number | null
  tokens_reset_s: number | null
  reported_model: number | null
  why: string
  outcome: string
  stated: string | null
  operation: string | null
  finish: string
  content: string
  classifier: number
  http_status: number | null
  warm: boolean
  via_proxy: boolean
  clock_ahead: boolean
  late: boolean
  signal: string | null
  errno: string | null
}

export interface ReportedModelTable {
  id: Generated<number>
  prober: number
  name: string
  seen: string
}

export interface SkipTable {
  slot: Date
  from_at: Date | null
  to_at: Date | null
  id: string
  prober: number
  endpoint: number
  count: number
  why: string
  reason: string
}

export interface RollupTable {
  prober: number
  endpoint: number
  start: Date
  planned: number
  ok: number
  provider_failed: number
  account_failed: number
  config_failed: number
  vantage_failed: number
  unclassified: number
  skipped: number
  tokens_out: number
  cost_usd: number
}

export interface SketchTable {
  prober: number
  endpoint: number
  start: Date
  metric: string
  scale: number
  i: number[]
  c: number[]
  n: number
  sum: number
  min: number | null
  max: number | null
}

export interface LedgerAnchorTable {
  prober: number
  seq: number
  hash: string
  dropped_at: Date
}

export interface FormerKeyTable {
  kid: string
  jwk: JSONColumnType<{ kty: 'OKP'; crv: 'Ed25519'; x: string }>
  since: Date
  until: Date
}

export interface CustomDefinitionTable {
  provider: string
  model: string
  name: string
  definition: string
  added_at: Date
}

export interface DefinitionSetTable {
  one: Generated<boolean>
  version: number
  content: string
  expires: Date
  jws: string
}
