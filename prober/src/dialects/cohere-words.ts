import type { SignalOf } from './dialect.ts'
import type { ErrorRule } from './error-rule.ts'
import { signalWith } from './error-words.ts'

/** `{id, message}` and no code: the status and the words are all there is. */
const mayBeLimit = (status: number | null) => status === null || status === 429
const mayBeQuestion = (status: number | null) => status === null || [400, 404, 422].includes(status)
const mayBeKey = (status: number | null) => status === null || status === 401
const mayBeBlocked = (status: number | null) => status === null || status < 500

const rules: readonly ErrorRule<SignalOf<'cohere'>>[] = [
  // a trial key has a limit per minute as well, in the same words but one
  { signal: 'trial_limit', words: ['calls / month', 'calls/month', 'calls per month'], when: mayBeLimit },
  { signal: 'rate_limit_exceeded', words: ['calls / minute', 'calls/minute', 'per minute'], when: mayBeLimit },
  { signal: 'content_filter', words: ['blocked input', 'blocked output'], when: mayBeBlocked },
  // whatever else it says
  { signal: 'status_498', words: [''], when: status => status === 498 },
  { signal: 'invalid_api_key', words: ['invalid api token'], when: mayBeKey },
  { signal: 'model_retired', words: ['was removed'], when: mayBeQuestion },
  { signal: 'context_length_exceeded', words: ['too many tokens'], when: mayBeQuestion },
]

export const cohereSignal = signalWith(rules)
