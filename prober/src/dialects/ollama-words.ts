import type { SignalOf } from './dialect.ts'
import type { ErrorRule } from './error-rule.ts'
import { signalWith } from './error-words.ts'

/** `{error}` and nothing else: a sentence. */
const mayBePlan = (status: number | null) => status === null || [402, 403, 429].includes(status)
const mayBeMissing = (status: number | null) => status === null || status === 404

const rules: readonly ErrorRule<SignalOf<'ollama'>>[] = [
  // of models that run in its cloud
  { signal: 'plan_limit', words: ['usage limit', 'upgrade to continue', 'requires a subscription'], when: mayBePlan },
  { signal: 'model_not_found', words: ["' not found", '" not found', 'try pulling it'], when: mayBeMissing },
]

export const ollamaSignal = signalWith(rules)
