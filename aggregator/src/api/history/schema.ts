import { z } from 'zod'
import { Share, Time } from '../status-schema.ts'
import { windows } from './windows.ts'

/** GET /api/v1/providers/{id}/history. */

export const metrics = ['uptime', 'ttft', 'total', 'tps', 'errors', 'cost'] as const
export type Metric = (typeof metrics)[number]

export const units = {
  uptime: 'ratio',
  ttft: 'ms',
  total: 'ms',
  tps: 'tokens_per_s',
  errors: 'ratio',
  cost: 'usd',
} as const satisfies Record<Metric, string>

const Quantile = z.number().min(0).nullable()

const Point = z.strictObject({
  at: Time.describe('When the step begins'),
  value: z
    .number()
    .min(0)
    .nullable()
    .describe('A share, a sum of dollars, or the median of a latency or a rate; null where nothing was measured'),
  p50: Quantile,
  p95: Quantile,
  p99: Quantile,
  n: z.int().min(0).describe('How many results it rests on'),
  coverage: Share.describe('Measured ÷ planned probes in it; null where nothing was planned'),
})
export type Point = z.infer<typeof Point>

export const History = z.strictObject({
  as_of: Time,
  provider: z.string(),
  model: z.string().nullable().describe('Null is all of them'),
  window: z.enum(windows),
  metric: z.enum(metrics),
  unit: z.enum(Object.values(units) as [string, ...string[]]),
  step_s: z.int().min(1),
  from: Time,
  to: Time.describe('The end of the last step; it is not over yet'),
  total: Point.omit({ at: true }).describe('The whole window as one: its percentiles are no average of those below'),
  points: z.array(Point).describe('Oldest first, without a hole'),
})
export type History = z.infer<typeof History>
