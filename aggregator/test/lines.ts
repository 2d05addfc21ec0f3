import { instant, sha256 } from '@llmstatus/shared/ids'
import type { DefinitionLine, ResultLine, SkipLine } from '@llmstatus/shared/result'

/** Lines as a prober writes them; what matters to a test is given, the rest is a plain good answer. */

export const definitionLine = (atMs: number, over: Partial<DefinitionLine> = {}): DefinitionLine => ({
  kind: 'definition',
  at: instant(atMs),
  def: sha256('chat'),
  provider: 'openai',
  model: 'gpt-5-mini',
  probe: 'chat',
  type: 'chat',
  dialect: 'openai',
  keyed: true,
  origin: 'shipped',
  every_ms: 300_000,
  timeout_ms: 30_000,
  sla: null,
  billed: true,
  reasoning: false,
  ...over,
})

export const resultLine = (id: string, slotMs: number, over: Partial<ResultLine> = {}): ResultLine => ({
  id,
  slot: instant(slotMs),
  why: 'schedule',
  provider: 'openai',
  model: 'gpt-5-mini',
  probe: 'chat',
  at: instant(slotMs + 12),
  def: sha256('chat'),
  dialect: 'openai',
  outcome: 'ok',
  classifier: 1,
  operation: null,
  signal: null,
  finish: 'stop',
  content: 'pass',
  http_status: 200,
  us: {
    dns: 8_000,
    tcp: 20_000,
    tls: 45_000,
    sent: 46_000,
    first_byte: 240_000,
    first_token: 250_000,
    first_visible: 250_000,
    last_byte: 900_000,
  },
  errno: null,
  tokens: { in: 20, out: 4, reasoning: 0 },
  chunks: 4,
  gap_us: { p50: 10_000, max: 40_000 },
  cost_usd: 0.00012,
  rate_limit: {
    requests: { limit: 10_000, remaining: 9_999, reset_s: 0.006 },
    tokens: { limit: 30_000_000, remaining: 29_999_970, reset_s: 0 },
  },
  model_reported: 'gpt-5-mini-2025-08-07',
  connection: 'cold',
  via_proxy: false,
  uncertainty_us: 300,
  loop_delay_us: 200,
  ...over,
})

export const skipLine = (id: string, slotMs: number, over: Partial<SkipLine> = {}): SkipLine => ({
  id,
  slot: instant(slotMs),
  why: 'schedule',
  provider: 'openai',
  model: 'gpt-5-mini',
  probe: 'chat',
  skip: 'not_running',
  ...over,
})
