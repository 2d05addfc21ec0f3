import type { Expected } from '@llmstatus/shared/definition'
import type { ResultLine } from '@llmstatus/shared/result'
import { fitsSchema } from './json-schema.ts'
import { matchesPattern } from './pattern.ts'

/** What an answer showed, as far as a definition may ask about it. Null is: not seen, and so not checked. */
export interface Shown {
  readonly status: number
  readonly text: string
  /** Tokens for the user; null where the provider's count cannot say. */
  readonly visibleTokens: number | null
  readonly certificateEndsMs: number | null
  readonly nowMs: number
}

type Verdict = boolean | null

/**
 * Every check that a definition asks for and that this answer lets us make: all of them hold, one fails, or there was
 * none to make. What cannot be evaluated is not a failure.
 */
export const checkAnswer = async (expected: Expected, shown: Shown): Promise<ResultLine['content']> => {
  const verdicts = [
    ...plainChecks(expected, shown),
    expected.json_schema === undefined ? null : fitsSchema(expected.json_schema, shown.text),
    expected.response_matches === undefined ? null : await matchesPattern(expected.response_matches, shown.text),
  ]
  if (verdicts.includes(false)) return 'fail'
  return verdicts.includes(true) ? 'pass' : 'none'
}

const plainChecks = (expected: Expected, shown: Shown): readonly Verdict[] => [
  asked(expected.status, status => shown.status === status),
  asked(expected.response_contains, part => shown.text.includes(part)),
  asked(expected.response_not_contains, part => !shown.text.includes(part)),
  asked(expected.body_contains, part => shown.text.includes(part)),
  asked(expected.models_contain, model => listsModel(shown.text, model)),
  asked(expected.min_tokens, least => counted(shown.visibleTokens, count => count >= least)),
  asked(expected.max_tokens, most => counted(shown.visibleTokens, count => count <= most)),
  certificateLasts(expected, shown),
]

const dayMs = 86_400_000

/** Null where nothing is asked, or no certificate was seen. */
export const certificateLasts = (
  expected: Expected,
  shown: Pick<Shown, 'certificateEndsMs' | 'nowMs'>,
): boolean | null =>
  asked(expected.certificate_days, days =>
    counted(shown.certificateEndsMs, endsMs => endsMs - shown.nowMs >= days * dayMs),
  )

const asked = <T>(expectation: T | undefined, check: (value: T) => Verdict): Verdict =>
  expectation === undefined ? null : check(expectation)

const counted = (count: number | null, check: (count: number) => boolean): Verdict =>
  count === null ? null : check(count)

/**
 * A listing names its models in many shapes; in all of them the id stands as one JSON string, `models/` may stand before
 * it and `:latest` after it. Looked for as text: a listing can be megabytes, and parsing it would hold up the clock.
 */
const listsModel = (text: string, model: string): boolean => {
  const spellings = [model, model.replaceAll('/', '\\/')]
  return spellings.some(id =>
    [`"${id}"`, `"models/${id}"`, `"models\\/${id}"`, `"${id}:latest"`].some(written => text.includes(written)),
  )
}
