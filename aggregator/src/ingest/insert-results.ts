import { sql } from 'kysely'
import { insertRows } from '../db/insert-rows.ts'
import type { Queries } from '../db/store.ts'
import type { ResultRow, SkipRow } from './plan-rows.ts'

/**
 * One statement for all results, one for all skips. A row that is there already stays as it is: the same line can come
 * in a second batch, and what comes back here is what was new, so that nothing is rolled up twice.
 */

const resultShape = {
  table: 'result',
  columns: {
    slot: 'timestamptz',
    at: 'timestamptz',
    id: 'uuid',
    prober: 'int',
    endpoint: 'int',
    definition: 'int',
    uncertainty_us: 'int',
    loop_delay_us: 'int',
    chunks: 'int',
    dns_us: 'int',
    tcp_us: 'int',
    tls_us: 'int',
    sent_us: 'int',
    first_byte_us: 'int',
    first_token_us: 'int',
    first_visible_us: 'int',
    last_byte_us: 'int',
    tokens_in: 'int',
    tokens_out: 'int',
    tokens_reasoning: 'int',
    gap_p50_us: 'int',
    gap_max_us: 'int',
    cost_usd: 'real',
    requests_limit: 'real',
    requests_remaining: 'real',
    requests_reset_s: 'real',
    tokens_limit: 'real',
    tokens_remaining: 'real',
    tokens_reset_s: 'real',
    reported_model: 'int',
    why: 'slot_why',
    outcome: 'probe_outcome',
    stated: 'probe_outcome',
    operation: 'probe_operation',
    finish: 'probe_finish',
    content: 'content_check',
    classifier: 'smallint',
    http_status: 'smallint',
    warm: 'boolean',
    via_proxy: 'boolean',
    clock_ahead: 'boolean',
    late: 'boolean',
    signal: 'text',
    errno: 'text',
  } satisfies Record<keyof ResultRow, string>,
  onConflict: sql`on conflict do nothing`,
} as const

const skipShape = {
  table: 'skip',
  columns: {
    slot: 'timestamptz',
    from_at: 'timestamptz',
    to_at: 'timestamptz',
    id: 'uuid',
    prober: 'int',
    endpoint: 'int',
    count: 'int',
    why: 'slot_why',
    reason: 'skip_reason',
  } satisfies Record<keyof SkipRow, string>,
  onConflict: sql`on conflict do nothing`,
} as const

/** The ids that were new. Within one batch every id is there once. */
export const insertResults = async (trx: Queries, rows: readonly ResultRow[]): Promise<ReadonlySet<string>> =>
  newIds(await insertRows<typeof resultShape, { id: string }>(trx, resultShape, { rows, returning: sql`id` }))

export const insertSkips = async (trx: Queries, rows: readonly SkipRow[]): Promise<ReadonlySet<string>> =>
  newIds(await insertRows<typeof skipShape, { id: string }>(trx, skipShape, { rows, returning: sql`id` }))

const newIds = (rows: readonly { readonly id: string }[]): ReadonlySet<string> => new Set(rows.map(row => row.id))
