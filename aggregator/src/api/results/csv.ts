import type { Result } from './schema.ts'

/**
 * Results as CSV (RFC 4180). A table program takes a cell that begins with one of = + - @, a tab or a carriage return for a
 * formula, and a model's name may come from outside: such a cell begins with an apostrophe instead.
 */
type Cell = string | number | boolean | null

const columns: Readonly<Record<string, (result: Result) => Cell>> = {
  id: one => one.id,
  vantage: one => one.vantage,
  slot: one => one.slot,
  at: one => one.at,
  why: one => one.why,
  provider: one => one.provider,
  model: one => one.model,
  probe: one => one.probe,
  outcome: one => one.outcome,
  stated: one => one.stated,
  operation: one => one.operation,
  signal: one => one.signal,
  finish: one => one.finish,
  content: one => one.content,
  http_status: one => one.http_status,
  errno: one => one.errno,
  dns_us: one => one.us.dns,
  tcp_us: one => one.us.tcp,
  tls_us: one => one.us.tls,
  sent_us: one => one.us.sent,
  first_byte_us: one => one.us.first_byte,
  first_token_us: one => one.us.first_token,
  first_visible_us: one => one.us.first_visible,
  last_byte_us: one => one.us.last_byte,
  tokens_in: one => one.tokens.in,
  tokens_out: one => one.tokens.out,
  tokens_reasoning: one => one.tokens.reasoning,
  chunks: one => one.chunks,
  gap_p50_us: one => one.gap_us?.p50 ?? null,
  gap_max_us: one => one.gap_us?.max ?? null,
  cost_usd: one => one.cost_usd,
  requests_limit: one => one.rate_limit.requests?.limit ?? null,
  requests_remaining: one => one.rate_limit.requests?.remaining ?? null,
  tokens_limit: one => one.rate_limit.tokens?.limit ?? null,
  tokens_remaining: one => one.rate_limit.tokens?.remaining ?? null,
  model_reported: one => one.model_reported,
  connection: one => one.connection,
  via_proxy: one => one.via_proxy,
  uncertainty_us: one => one.uncertainty_us,
  loop_delay_us: one => one.loop_delay_us,
  clock_ahead: one => one.clock_ahead,
  late: one => one.late,
  dialect: one => one.dialect,
  def: one => one.def,
  classifier: one => one.classifier,
}

export const csvHead = `${Object.keys(columns).join(',')}\r\n`

export const csvLine = (result: Result): string =>
  `${Object.values(columns)
    .map(cell => csvCell(cell(result)))
    .join(',')}\r\n`

export const csvCell = (cell: Cell): string => {
  if (cell === null) return ''
  const text = String(cell)
  if (/^[=+\-@\t\r]/.test(text)) return quoted(`'${text}`)
  return /[",\r\n]/.test(text) ? quoted(text) : text
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
