import { outcomeCodes } from '@llmstatus/shared/outcome'
import { finishes, RateLimit, Timings, whys } from '@llmstatus/shared/result'
import { z } from 'zod'
import { Time } from '../status-schema.ts'

/** GET /api/v1/results: results as they were measured (DESIGN 4.4), and what the aggregator made of them. */

const Count = z.number().nullable()

export const Result = z.strictObject({
  id: z.uuid(),
  vantage: z.string(),
  slot: Time.describe('When it was planned for'),
  at: Time.describe('When it began'),
  why: z.enum(whys),
  provider: z.string(),
  model: z.string().nullable(),
  probe: z.string(),
  def: z.string().describe('The digest of its definition'),
  dialect: z.string().nullable(),
  outcome: z.enum(outcomeCodes).describe('By our own classifier'),
  stated: z.enum(outcomeCodes).nullable().describe('What the prober said, where that is something else'),
  classifier: z.int(),
  operation: z.string().nullable(),
  signal: z.string().nullable(),
  finish: z.enum(finishes),
  content: z.enum(['pass', 'fail', 'none']),
  http_status: z.int().nullable(),
  errno: z.string().nullable(),
  us: z.strictObject(Timings.shape),
  tokens: z.strictObject({ in: Count, out: Count, reasoning: Count }),
  chunks: z.int(),
  gap_us: z.strictObject({ p50: z.int(), max: z.int() }).nullable(),
  cost_usd: z.number().nullable(),
  rate_limit: RateLimit,
  model_reported: z.string().nullable(),
  connection: z.enum(['cold', 'warm']),
  via_proxy: z.boolean(),
  uncertainty_us: z.int(),
  loop_delay_us: z.int(),
  clock_ahead: z.boolean().describe("Stored without a vote: the prober's clock was ahead of ours"),
  late: z.boolean().describe('It came more than 15 minutes after it began, and had no vote'),
})
export type Result = z.infer<typeof Result>

export const ResultPage = z.strictObject({
  results: z.array(Result).describe('Newest first'),
  next_cursor: z.string().nullable().describe('To go on behind the last one; null where there is nothing behind it'),
})
