import { describe, expect, it } from 'vitest'
import { type Named, overall } from './overall.ts'
import { providerState } from './provider.ts'
import type { State } from './state.ts'
import { t0, verdictOf } from './testing/samples.ts'

const named = (name: string, state: State, more: Partial<Named> = {}): Named => ({
  ...providerState([verdictOf(state)]),
  state,
  name,
  ...more,
})

const situations: readonly (readonly [readonly Named[], State, string])[] = [
  [[], 'unknown', 'Nothing is measured yet.'],
  [[named('OpenAI', 'operational')], 'operational', 'The one provider here is operational.'],
  [[named('OpenAI', 'operational'), named('Groq', 'operational')], 'operational', 'All 2 providers are operational.'],
  [
    [named('Anthropic', 'slow', { agree: 2, voters: 3 }), named('Groq', 'operational')],
    'slow',
    'Anthropic is slow, from 2 of 3 vantages, since 10:42 UTC; everything else is fine.',
  ],
  [[named('OpenAI', 'outage')], 'outage', 'OpenAI is out, seen from one vantage, since 10:42 UTC.'],
  [
    [named('OpenAI', 'outage'), named('Groq', 'outage'), named('Mistral', 'degraded'), named('Cohere', 'operational')],
    'partial_outage',
    'Groq and OpenAI are out; Mistral is degraded, seen from one vantage, since 10:42 UTC; everything else is fine.',
  ],
  [['a', 'b', 'c', 'd', 'e'].map(name => named(name, 'outage')), 'outage', 'a, b, c and 2 more are out.'],
  [
    [named('OpenAI', 'unknown', { reason: 'quota_exhausted', blame: 'account' }), named('Groq', 'operational')],
    'operational',
    'OpenAI cannot be judged because of your account (quota_exhausted); everything else is fine.',
  ],
  [
    [named('OpenAI', 'unknown', { reason: 'model_not_found', blame: 'config' })],
    'unknown',
    'OpenAI cannot be judged because of your configuration (model_not_found).',
  ],
  [[named('OpenAI', 'unknown'), named('Groq', 'unknown')], 'unknown', 'Groq and OpenAI are not known.'],
  [
    [named('OpenAI', 'outage'), named('Groq', 'unknown')],
    'outage',
    'OpenAI is out, seen from one vantage, since 10:42 UTC; Groq is not known.',
  ],
]

describe('the overall sentence', () => {
  it.each(situations)('%# is true and says whose problem it is', (providers, state, text) => {
    expect(overall(providers)).toMatchObject({ state, text })
    expect(overall(providers.toReversed())).toEqual(overall(providers))
  })

  it('says since when: trouble by its first part, peace by its last', () => {
    const early = t0 - 60_000
    expect(overall([named('a', 'slow', { sinceMs: early }), named('b', 'slow')]).sinceMs).toBe(early)
    expect(overall([named('a', 'operational', { sinceMs: early }), named('b', 'operational')]).sinceMs).toBe(t0)
    expect(overall([]).sinceMs).toBeNull()
  })
})
