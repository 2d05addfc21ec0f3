import { z } from 'zod'
import { blames, confidences, reasons, states } from '../judge/state.ts'
import { providerKinds } from './providers.ts'

/** GET /api/v1/status, as DESIGN 4.6 has it. Null is always "not measured" or "there is none", never zero. */

export const Time = z.iso.datetime().describe('RFC 3339, in UTC')
export const Share = z.number().min(0).max(1).nullable()
export const State = z.enum(states).describe('Worst first: the order is the severity')
export const Reason = z.enum(reasons).describe('What decided: an outcome, or a word of the judge')
export const Blame = z
  .enum(blames)
  .nullable()
  .describe('Whose problem it is; null where there is none, or nobody can tell')

export const Confidence = z.enum(confidences).describe('By the number of vantages that agree')

const Overall = z.strictObject({
  state: State,
  text: z.string().describe('One sentence that is true and says whose problem it is'),
  since: Time.nullable(),
})

const Vantage = z.strictObject({
  id: z.uuid(),
  name: z.string(),
  region: z.string().nullable(),
  state: State.describe('Of the monitor itself, by its probe of its own reference'),
  last_result_at: Time.nullable(),
  clock_offset_ms: z.int().nullable().describe("How far the prober's clock is ahead of ours"),
})

export const Milliseconds = z.number().min(0).nullable()

export const FirstToken = z.strictObject({
  p50: Milliseconds,
  p95: Milliseconds,
  n: z.int().min(0),
  window_s: z.int().min(0).describe('How far back the n results reach: half an hour to an hour and a half'),
})

const Endpoint = z.strictObject({
  model: z.string().nullable(),
  probe: z.string(),
  state: State,
  reason: Reason,
  since: Time,
})

const Provider = z.strictObject({
  id: z.string(),
  name: z.string(),
  kind: z.enum(providerKinds),
  state: State,
  reason: Reason,
  blame: Blame,
  since: Time,
  confidence: Confidence,
  coverage: Share.describe('Measured ÷ planned probes of the last 24 hours'),
  uptime_24h: Share.describe('ok ÷ (ok + failed by the provider), scheduled probes only'),
  ttft_ms: FirstToken.describe('Time to the first token, connecting included'),
  announced: z.strictObject({ state: State, at: Time }).nullable().describe('What the provider itself says'),
  incident_id: z.uuid().nullable(),
  endpoints: z.array(Endpoint),
})

export const Status = z.strictObject({
  as_of: Time.describe('When this was read from the database'),
  stale_s: z.number().min(0).nullable().describe('Age of the newest result of any vantage'),
  policy: z.enum(['default', 'custom']).describe('custom: other numbers than the default ones judged this'),
  overall: Overall,
  vantages: z.array(Vantage),
  providers: z.array(Provider).describe('Worst first'),
})
export type Status = z.infer<typeof Status>
