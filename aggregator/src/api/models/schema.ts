import { z } from 'zod'
import { providerKinds } from '../providers.ts'
import { Blame, Confidence, FirstToken, Milliseconds, Reason, Share, State, Time } from '../status-schema.ts'

/** What the API says of models. */

const judged = {
  usable: z
    .boolean()
    .nullable()
    .describe('true: operational or slow; null: unknown; false: anything else, also where your account is throttled'),
  state: State,
  reason: Reason,
  blame: Blame,
  since: Time.nullable().describe('Null where it was never measured'),
  confidence: Confidence,
}
export interface ModelState extends z.infer<z.ZodObject<typeof judged>> {}

export const ModelVerdict = z.strictObject({
  model: z.string().describe('provider/model'),
  ...judged,
  ttft_p95_ms: Milliseconds.describe('To the first token, 95th percentile of the last hour'),
})
export type ModelVerdict = z.infer<typeof ModelVerdict>

export const Verdict = z.strictObject({
  as_of: Time,
  ttl_s: z.int().min(1).describe('Ask again after so many seconds; before that nothing would be new'),
  usable: z.boolean().nullable().describe('Of any of them'),
  best: z.string().nullable().describe('The least bad of the usable ones; among equals the one asked for first'),
  verdicts: z.array(ModelVerdict).describe('In the order in which they were asked for'),
})

const Usd = z.number().min(0).nullable().describe('US dollars for a million tokens')

const Price = z.strictObject({ input: Usd, output: Usd, as_of: z.iso.date() })

const Capabilities = z.strictObject({
  chat: z.boolean(),
  streaming: z.boolean(),
  embeddings: z.boolean(),
  reasoning: z.boolean().nullable().describe('Whether it thinks before it answers; null where nobody said'),
  min_output_tokens: z.int().nullable().describe('What it needs at least before anything is visible'),
})

const TokenRate = z.strictObject({
  p5: z.number().nullable().describe('19 of 20 answers are faster'),
  p50: z.number().nullable(),
  n: z.int().min(0),
  window_s: z.int().min(0),
})

const model = {
  id: z.string().describe('provider/model'),
  provider: z.string(),
  provider_name: z.string(),
  kind: z.enum(providerKinds),
  model: z.string(),
  measured: z.boolean().describe('Whether any vantage measures it; else it is known from its provider file alone'),
  ...judged,
  uptime_24h: Share,
  coverage: Share,
  ttft_ms: FirstToken,
  tokens_per_s: TokenRate.describe('After the first token, of answers with enough of them to tell'),
  price: Price.nullable(),
  capabilities: Capabilities,
}

export const Model = z.strictObject(model)
export type Model = z.infer<typeof Model>
export const ModelList = z.strictObject({ as_of: Time, models: z.array(Model).describe('By id') })

export const ModelDetail = z.strictObject({
  as_of: Time,
  ...model,
  status_page: z.url().nullable(),
  incident_id: z.uuid().nullable(),
  endpoints: z.array(
    z.strictObject({
      probe: z.string(),
      state: State,
      reason: Reason,
      blame: Blame,
      since: Time,
      confidence: Confidence,
    }),
  ),
})
