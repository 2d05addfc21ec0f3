import { probeTypes } from '@llmstatus/shared/result'
import { z } from 'zod'
import { providerKinds } from '../providers.ts'
import { Blame, Confidence, FirstToken, Reason, Share, State, Time } from '../status-schema.ts'

/** What the API says of providers. */

const provider = {
  id: z.string(),
  name: z.string(),
  kind: z.enum(providerKinds),
  measured: z.boolean().describe('Whether any vantage measures it; else it is known from its file alone'),
  state: State,
  reason: Reason,
  blame: Blame,
  since: Time.nullable().describe('Null where it was never measured'),
  confidence: Confidence,
  uptime_24h: Share.describe('ok ÷ (ok + failed by the provider), scheduled probes only'),
  coverage: Share.describe('Measured ÷ planned probes of the last 24 hours'),
  incident_id: z.uuid().nullable(),
  status_page: z.url().nullable().describe("The provider's own"),
  models: z.array(z.string()).describe('provider/model: those that are measured, and those that its file names'),
}

export const Provider = z.strictObject(provider)
export type Provider = z.infer<typeof Provider>
export const ProviderList = z.strictObject({ as_of: Time, providers: z.array(Provider).describe('By name') })

const Vote = z.strictObject({
  vantage: z.string(),
  state: State,
  reason: Reason,
  blame: Blame,
  since: Time,
})
export type Vote = z.infer<typeof Vote>

export const ProviderDetail = z.strictObject({
  as_of: Time,
  ...provider,
  ttft_ms: FirstToken,
  endpoints: z.array(
    z.strictObject({
      model: z.string().nullable(),
      probe: z.string(),
      type: z.enum(probeTypes),
      state: State,
      reason: Reason,
      blame: Blame,
      since: Time,
      confidence: Confidence,
      uptime_24h: Share,
      coverage: Share,
      vantages: z.array(Vote).describe('What each vantage says by itself'),
    }),
  ),
})
export type ProviderDetail = z.infer<typeof ProviderDetail>
