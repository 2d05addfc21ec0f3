import type { Kind } from './kinds.ts'
import type { Details } from './notice.ts'

/** A notice as one sentence for a person. Whose names: as people know them. */

export interface Names {
  readonly vantage: string
  readonly provider: string
  readonly model: string
  readonly probe: string
}

type Say = (names: Names, details: Details) => string

const counts = (value: Details[string] | undefined): string =>
  value === null || typeof value !== 'object'
    ? ''
    : Object.entries(value)
        .toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
        .map(([word, n]) => `${word} ${n}`)
        .join(', ')

const inBrackets = (text: string): string => (text === '' ? '' : ` (${text})`)

const clockOff = (ms: number): string => `${Math.round(Math.abs(ms) / 1000)} s ${ms > 0 ? 'ahead of' : 'behind'} ours`

const quietSince = (at: Details[string] | undefined): string =>
  typeof at === 'string' ? `since ${at.slice(0, 10)} ${at.slice(11, 16)} UTC` : 'yet'

const sentences: Readonly<Record<Kind, Say>> = {
  key_rejected: ({ vantage, provider }) => `${provider} rejects the key of ${vantage}`,
  quota_gone: ({ vantage, provider }) => `The quota of ${vantage} at ${provider} is used up`,
  access_denied: ({ vantage, provider, model }) =>
    `The key of ${vantage} may not use ${model || 'this'} at ${provider}`,
  headroom_low: ({ vantage, provider }, d) =>
    `${d.left_percent} % of the ${d.of} that ${provider} allows ${vantage} are left (${d.remaining} of ${d.limit})`,
  model_gone: ({ vantage, provider, model }) =>
    `${provider} does not know ${model || 'the model'}, asked from ${vantage}`,
  question_refused: ({ vantage, provider, model, probe }, d) =>
    `${provider} refuses what ${[probe, model].filter(Boolean).join(' ')} asks from ${vantage} (${d.outcome})`,
  definitions_expired: (_names, d) =>
    `The set of ${d.definitions === 1 ? 'one definition' : `${d.definitions} definitions`} has expired: no prober asks for it`,
  model_changed: ({ vantage, provider, model }, d) =>
    `${provider} answers ${model || 'the same question'} as ${d.to} now, as ${d.from} before, seen from ${vantage}`,
  tokens_slow: ({ vantage, provider, model }, d) =>
    `${provider} ${model}: ${d.per_second_p50} tokens a second at the median, below ${d.floor}, seen from ${vantage}`,
  certificate_ends: ({ vantage, provider }) => `The certificate of ${provider} ends soon, seen from ${vantage}`,
  never_reached: ({ vantage, provider }) => `${vantage} has never reached ${provider}`,
  proxy_failing: ({ vantage, provider }) => `The proxy of ${vantage} fails on the way to ${provider}`,
  guard_refuses: ({ vantage, provider }) => `The guard of ${vantage} refuses the address of ${provider}`,
  coverage_lost: ({ vantage, provider }, d) =>
    `${vantage} measured ${d.measured} of ${d.planned} planned probes of ${provider} within an hour${inBrackets(counts(d.skips))}`,
  prober_quiet: ({ vantage }, d) => `Nothing has come from ${vantage} ${quietSince(d.last_batch_at)}`,
  clock_off: ({ vantage }, d) => `The clock of ${vantage} is ${clockOff(Number(d.offset_ms))}`,
  outcomes_differ: ({ vantage }, d) => `We read ${d.differ} of ${d.of} results of ${vantage} otherwise than it does`,
  lines_rejected: ({ vantage }, d) =>
    `${d.lines === 1 ? 'A line' : `${d.lines} lines`} of ${vantage} could not be read${inBrackets(counts(d.reasons))}`,
}

export const noticeSentence = (kind: Kind, names: Names, details: Details): string => sentences[kind](names, details)
