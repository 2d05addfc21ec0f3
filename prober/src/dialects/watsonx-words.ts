import type { SignalOf } from './dialect.ts'
import type { ErrorRule } from './error-rule.ts'
import { signalWith } from './error-words.ts'

/** `{errors: [{code, message}], status_code}`: the code is a word of its own. No capture confirms them. */
const always = () => true

const rules: readonly ErrorRule<SignalOf<'watsonx'>>[] = [
  { signal: 'usage_limit', codes: ['token_quota_reached'], when: always },
  { signal: 'expired_token', codes: ['authentication_token_expired'], when: always },
  { signal: 'invalid_api_key', codes: ['authentication_token_not_valid'], when: always },
  { signal: 'model_not_found', codes: ['model_not_supported', 'model_no_support_for_function'], when: always },
]

export const watsonxSignal = signalWith(rules)
