import type { SignalOf } from './dialect.ts'
import type { ErrorRule } from './error-rule.ts'
import { signalWith } from './error-words.ts'

/**
 * Google says RESOURCE_EXHAUSTED of a minute's limit, of a day's, of a quota that was never given and of its own lack of
 * machines, and "check your plan and billing details" of most of them. What tells them apart stands in the details: a
 * QuotaFailure names the quota, and a lack of machines has none.
 */
const mayBeLimit = (status: number | null) => status === null || status === 429
const mayBeQuestion = (status: number | null) => status === null || status === 400 || status === 403
const mayBeMissing = (status: number | null) => status === null || status === 404

const rules: readonly ErrorRule<SignalOf<'gemini'>>[] = [
  { signal: 'payment_required', words: ['billing_disabled', 'enable billing'], when: mayBeQuestion },
  {
    signal: 'no_quota',
    words: ['limit: 0', '"quotavalue":"0"', '"quota_limit_value":"0"'],
    when: mayBeLimit,
  },
  { signal: 'daily_quota', words: ['perday', 'per_day', 'per day'], when: mayBeLimit },
  { signal: 'invalid_api_key', words: ['reported as leaked'], when: mayBeQuestion },
  {
    signal: 'region_not_allowed',
    words: ['user location is not supported', 'not available in your country'],
    when: mayBeQuestion,
  },
  {
    signal: 'capacity_exceeded',
    words: ['resource exhausted'],
    unless: ['quotaid', 'quota_metric', 'quotametric', 'retrydelay', 'check quota'],
    when: mayBeLimit,
  },
  {
    signal: 'rate_limit_exceeded',
    words: ['quotaid', 'quota_metric', 'quotametric', 'retrydelay', 'quota exceeded', 'provisioned throughput'],
    unless: ['no capacity available', 'capacity_exhausted'],
    when: mayBeLimit,
  },
  // before "is not supported for generateContent", which the same sentence says
  { signal: 'model_not_found', codes: ['not_found'], when: mayBeMissing },
]

export const geminiSignal = signalWith(rules)
