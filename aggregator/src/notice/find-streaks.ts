import type { Outcome } from '@llmstatus/shared/outcome'
import type { ResultFacts, SeriesFacts } from './facts.ts'
import type { Kind } from './kinds.ts'
import { type Found, keyOf, type Subject, strengthOf } from './notice.ts'

/**
 * What ends the same way again and again, and is nobody's incident. One result never begins a notice; two do, at one endpoint or
 * at two of the same provider.
 */

interface Cause {
  readonly kind: Kind
  readonly about: 'provider' | 'model' | 'probe'
}

const byOutcome: { readonly [code in Outcome]?: Cause } = {
  auth_rejected: { kind: 'key_rejected', about: 'provider' },
  quota_exhausted: { kind: 'quota_gone', about: 'provider' },
  permission_denied: { kind: 'access_denied', about: 'model' },
  model_not_found: { kind: 'model_gone', about: 'model' },
  bad_request: { kind: 'question_refused', about: 'probe' },
  content_filtered: { kind: 'question_refused', about: 'probe' },
  cut_short: { kind: 'question_refused', about: 'probe' },
  egress_denied: { kind: 'guard_refuses', about: 'provider' },
}

const bySignal: Readonly<Record<string, Cause>> = {
  never_reached: { kind: 'never_reached', about: 'provider' },
  proxy_failed: { kind: 'proxy_failing', about: 'provider' },
  certificate_ends: { kind: 'certificate_ends', about: 'provider' },
}

/** These say nothing of a key, a model or an origin, so they interrupt nothing. */
const mute: ReadonlySet<Outcome> = new Set(['vantage_offline', 'prober_overloaded', 'unclassified'])

const causeOf = ({ outcome, signal }: ResultFacts): Cause | null =>
  (signal !== null && Object.hasOwn(bySignal, signal) ? bySignal[signal] : byOutcome[outcome]) ?? null

interface Run {
  readonly kind: Kind
  readonly subject: Subject
  readonly results: readonly ResultFacts[]
}

export const findStreaks = (series: readonly SeriesFacts[]): readonly Found[] =>
  [...Map.groupBy(series.flatMap(runOf), run => keyOf({ ...run.subject, kind: run.kind })).values()].flatMap(found)

const runOf = (series: SeriesFacts): readonly Run[] => {
  const heard = series.latest.filter(result => !mute.has(result.outcome))
  const cause = heard[0] === undefined ? null : causeOf(heard[0])
  if (cause === null) return []
  const end = heard.findIndex(result => causeOf(result)?.kind !== cause.kind)
  const results = end === -1 ? heard : heard.slice(0, end)
  return [{ kind: cause.kind, subject: subjectOf(series, cause.about), results }]
}

const subjectOf = ({ prober, provider, model, probe }: SeriesFacts, about: Cause['about']): Subject => ({
  prober,
  provider,
  model: about === 'provider' ? '' : model,
  probe: about === 'probe' ? probe : '',
})

const found = (runs: readonly Run[]): readonly Found[] => {
  const [first] = runs
  const results = runs.flatMap(run => run.results).toSorted((a, b) => b.slotMs - a.slotMs)
  const [newest] = results
  const strength = strengthOf(results.length >= 2, results.length === 1)
  if (first === undefined || newest === undefined || strength === null) return []
  const { outcome, signal } = newest
  return [{ ...first.subject, kind: first.kind, strength, details: { outcome, signal, in_a_row: results.length } }]
}
