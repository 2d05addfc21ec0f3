import type { ResultRow } from './queries.ts'
import type { Result } from './schema.ts'

/** A row as a result is written on the wire. */
export const resultOf = (row: ResultRow): Result =>
  ({
    id: row.id,
    vantage: row.vantage,
    slot: row.slot.toISOString(),
    at: row.at.toISOString(),
    why: row.why as Result['why'],
    provider: row.provider,
    model: row.model === '' ? null : row.model,
    probe: row.probe,
    def: row.digest,
    dialect: row.dialect,
    outcome: row.outcome as Result['outcome'],
    stated: row.stated as Result['stated'],
    classifier: row.classifier,
    operation: row.operation,
    signal: row.signal,
    finish: row.finish as Result['finish'],
    content: row.content as Result['content'],
    http_status: row.http_status,
    errno: row.errno,
    us: {
      dns: row.dns_us,
      tcp: row.tcp_us,
      tls: row.tls_us,
      sent: row.sent_us,
      first_byte: row.first_byte_us,
      first_token: row.first_token_us,
      first_visible: row.first_visible_us,
      last_byte: row.last_byte_us,
    },
    tokens: { in: row.tokens_in, out: row.tokens_out, reasoning: row.tokens_reasoning },
    chunks: row.chunks,
    gap_us: row.gap_p50_us === null ? null : { p50: row.gap_p50_us, max: row.gap_max_us ?? row.gap_p50_us },
    cost_usd: row.cost_usd,
    rate_limit: {
      requests: headroom(row.requests_limit, row.requests_remaining, row.requests_reset_s),
      tokens: headroom(row.tokens_limit, row.tokens_remaining, row.tokens_reset_s),
    },
    model_reported: row.model_reported,
    connection: row.warm ? 'warm' : 'cold',
    via_proxy: row.via_proxy,
    uncertainty_us: row.uncertainty_us,
    loop_delay_us: row.loop_delay_us,
    clock_ahead: row.clock_ahead,
    late: row.late,
  }) satisfies Result

const headroom = (limit: number | null, remaining: number | null, reset_s: number | null) =>
  limit === null && remaining === null && reset_s === null ? null : { limit, remaining, reset_s }
