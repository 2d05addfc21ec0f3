import type { ProberFile } from '@llmstatus/shared/prober-config'

/** What a key may do, as prober.yaml has it. Null is no limit of its own. */
export interface CredentialLimits {
  readonly name: string
  readonly provider: string
  readonly usdPerDay: number | null
  readonly requestsPerMinute: number | null
}

/** `max_output_tokens` is not among them: it is part of what is asked. */
export const credentialLimits = ({ credentials = [] }: Partial<ProberFile>): readonly CredentialLimits[] =>
  credentials.flatMap(({ name, provider, limits = {} }) => {
    const { usd_per_day: usdPerDay = null, requests_per_minute: requestsPerMinute = null } = limits
    return usdPerDay === null && requestsPerMinute === null ? [] : [{ name, provider, usdPerDay, requestsPerMinute }]
  })
