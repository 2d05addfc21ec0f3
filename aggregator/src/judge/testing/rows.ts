import { createHash, randomUUID } from 'node:crypto'
import type { Outcome } from '@llmstatus/shared/outcome'
import type { ProbeType } from '@llmstatus/shared/result'
import type { Insertable } from 'kysely'
import type { DefinitionTable, ProberTable, ResultTable } from '../../db/schema.ts'
import type { Store } from '../../db/store.ts'

/** Rows as ingest leaves them, for tests of what reads them. */

export const addProber = async (
  db: Store['db'],
  name: string,
  more: Partial<Insertable<ProberTable>> = {},
): Promise<number> => {
  const { num } = await db
    .insertInto('prober')
    .values({
      id: randomUUID(),
      name,
      region: 'test',
      continent: null,
      version: '0.1.0',
      kid: createHash('sha256').update(name).digest('base64url'),
      jwk: JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'x' }),
      state: 'approved',
      state_since: new Date(0),
      enrolled_at: new Date(0),
      head_hash: 'A'.repeat(43),
      ...more,
    })
    .returning('num')
    .executeTakeFirstOrThrow()
  return num
}

export const addEndpoint = async (
  db: Store['db'],
  {
    provider = 'openai',
    model = '',
    probe,
  }: { readonly provider?: string; readonly model?: string; readonly probe: string },
): Promise<number> => {
  const { id } = await db
    .insertInto('endpoint')
    .values({ provider, model, probe })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export const addDefinition = async (
  db: Store['db'],
  about: { readonly prober: number; readonly endpoint: number; readonly type: ProbeType } & Partial<
    Insertable<DefinitionTable>
  >,
): Promise<number> => {
  const { id } = await db
    .insertInto('definition')
    .values({
      digest: createHash('sha256').update(randomUUID()).digest('base64url'),
      at: new Date(0),
      dialect: 'openai',
      keyed: true,
      origin: 'shipped',
      every_ms: 60_000,
      timeout_ms: 10_000,
      sla: null,
      billed: false,
      reasoning: false,
      ...about,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export interface Line {
  readonly prober: number
  readonly endpoint: number
  readonly definition: number
}

const nothingMeasured = {
  dns_us: null,
  tcp_us: null,
  tls_us: null,
  sent_us: null,
  first_byte_us: null,
  first_visible_us: null,
  tokens_in: null,
  tokens_out: null,
  tokens_reasoning: null,
  gap_p50_us: null,
  gap_max_us: null,
  cost_usd: null,
  requests_limit: null,
  requests_remaining: null,
  requests_reset_s: null,
  tokens_limit: null,
  tokens_remaining: null,
  tokens_reset_s: null,
  stated: null,
  operation: null,
  signal: null,
  errno: null,
  reported_model: null,
} as const

export const addResult = async (
  db: Store['db'],
  line: Line,
  about: { readonly slotMs: number; readonly outcome: Outcome } & Partial<Insertable<ResultTable>>,
): Promise<void> => {
  const { slotMs, outcome, ...more } = about
  const slot = new Date(slotMs)
  const isOk = outcome === 'ok'
  await db
    .insertInto('result')
    .values({
      ...nothingMeasured,
      ...line,
      id: randomUUID(),
      slot,
      at: slot,
      why: 'schedule',
      outcome,
      classifier: 1,
      finish: isOk ? 'stop' : 'none',
      content: 'none',
      http_status: isOk ? 200 : 503,
      first_token_us: isOk ? 400_000 : null,
      last_byte_us: isOk ? 900_000 : null,
      chunks: 0,
      warm: false,
      via_proxy: false,
      uncertainty_us: 100,
      loop_delay_us: 100,
      clock_ahead: false,
      late: false,
      ...more,
    })
    .execute()
}
