import { z } from 'zod'
import { windows } from '../history/windows.ts'
import { Share, Time } from '../status-schema.ts'

/** GET /api/v1/benchmarks. */

const Value = z.number().min(0).nullable()
const Quantiles = z.strictObject({ p50: Value, p95: Value, p99: Value, n: z.int().min(0) })
export type Quantiles = z.infer<typeof Quantiles>

const Row = z.strictObject({
  id: z.string().describe('provider/model'),
  provider: z.string(),
  model: z.string(),
  probe: z.string().describe('Which question: one that takes a few tokens is not compared with one that takes many'),
  vantage: z.string(),
  region: z.string().nullable(),
  ttft_ms: Quantiles.describe('To the first token, connecting included'),
  total_ms: Quantiles,
  ms_per_output_token: Quantiles.describe('After the first, of answers with enough of them to tell; p95 is a slow one'),
  usd_per_1k_output_tokens: Value.describe('What was paid, the question included, ÷ tokens that came'),
  coverage: Share,
})
export type BenchmarkRow = z.infer<typeof Row>

export const Benchmarks = z.strictObject({
  as_of: Time,
  window: z.enum(windows),
  from: Time,
  rows: z.array(Row).describe('By id, probe and vantage; scheduled probes and those at a start'),
})
