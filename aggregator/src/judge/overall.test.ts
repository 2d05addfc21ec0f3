import { describe, expect, it } from 'vitest'
import { type Named, overall, type Watcher } from './overall.ts'
import { providerState } from './provider.ts'
import type { Reason, State } from './state.ts'
import { t0, verdictOf } from './testing/samples.ts'
import type { Judged } from './verdict.ts'

const minuteMs = 60_000
const nowMs = t0 + 10 * minuteMs

const named = (name: string, state: State, more: Partial<Named> = {}): Named => ({
  ...providerState([verdictOf(state)]),
  state,
  name,
  ...more,
})
const ok = (...names: readonly string[]) => names.map(name => named(name, 'operational'))
const dark = (name: string, reason: Reason, blame: Judged['blame'] = null, state: State = 'unknown') =>
  named(name, state, { reason, blame })
const from = (agree: number, voters: number) => ({ agree, voters })

const here: Watcher = { name: 'frankfurt', lastResultMs: nowMs - 4_000 }
const also: Watcher = { name: 'oslo', lastResultMs: nowMs - 9_000 }
const gone: Watcher = { name: 'lisbon', lastResultMs: t0 }
const fresh: Watcher = { name: 'quito', lastResultMs: null }

interface Situation {
  readonly of: readonly Named[]
  readonly watchers?: readonly Watcher[]
  readonly state: State
  readonly text: string
}

const situations: readonly Situation[] = [
  // nothing yet
  { of: [], watchers: [], state: 'unknown', text: 'No prober reports here yet.' },
  { of: [], state: 'unknown', text: 'Nothing is measured yet.' },
  { of: [], watchers: [fresh], state: 'unknown', text: 'Nothing is measured yet.' },
  { of: [dark('OpenAI', 'never_measured')], state: 'unknown', text: 'OpenAI has not been measured yet.' },
  {
    of: [dark('OpenAI', 'never_measured'), dark('Groq', 'never_measured'), ...ok('Cohere')],
    state: 'operational',
    text: 'Groq and OpenAI have not been measured yet; everything else is fine.',
  },
  { of: [dark('OpenAI', 'too_few_results')], state: 'unknown', text: 'OpenAI is not known (too_few_results).' },
  // all is well
  { of: ok('OpenAI'), state: 'operational', text: 'The one provider here is operational.' },
  { of: ok('OpenAI', 'Groq'), state: 'operational', text: 'All 2 providers are operational.' },
  { of: ok('OpenAI', 'Groq'), watchers: [here, also], state: 'operational', text: 'All 2 providers are operational.' },
  // one fails
  {
    of: [named('Anthropic', 'slow', from(2, 3)), ...ok('Groq')],
    state: 'slow',
    text: 'Anthropic is slow from 2 of 3 vantages since 10:42 UTC; everything else is fine.',
  },
  {
    of: [named('OpenAI', 'outage')],
    state: 'outage',
    text: 'OpenAI is out since 10:42 UTC, seen from one vantage.',
  },
  {
    of: [named('OpenAI', 'outage', from(3, 3)), ...ok('Groq')],
    state: 'partial_outage',
    text: 'OpenAI is out from 3 of 3 vantages since 10:42 UTC; everything else is fine.',
  },
  {
    of: [named('OpenAI', 'partial_outage', from(1, 3)), ...ok('Groq')],
    state: 'partial_outage',
    text: 'OpenAI is partly out from 1 of 3 vantages since 10:42 UTC; everything else is fine.',
  },
  {
    of: [named('OpenAI', 'degraded'), ...ok('Groq')],
    state: 'degraded',
    text: 'OpenAI is degraded since 10:42 UTC, seen from one vantage; everything else is fine.',
  },
  {
    of: [named('OpenAI', 'degraded', { sinceMs: t0 - 24 * 60 * minuteMs })],
    state: 'degraded',
    text: 'OpenAI is degraded since 19 Nov 10:42 UTC, seen from one vantage.',
  },
  {
    of: [named('OpenAI', 'slow', { sinceMs: Date.UTC(2025, 11, 31, 23, 59) }), ...ok('Groq')],
    state: 'slow',
    text: 'OpenAI is slow since 31 Dec 23:59 UTC, seen from one vantage; everything else is fine.',
  },
  // several fail
  {
    of: [named('OpenAI', 'outage'), named('Groq', 'outage', { sinceMs: t0 - minuteMs })],
    state: 'outage',
    text: 'Groq and OpenAI are out, the first since 10:41 UTC.',
  },
  {
    of: [named('OpenAI', 'outage'), named('Groq', 'outage'), named('Mistral', 'degraded'), ...ok('Cohere')],
    state: 'partial_outage',
    text: 'Groq and OpenAI are out, the first since 10:42 UTC; Mistral is degraded since 10:42 UTC, seen from one vantage; everything else is fine.',
  },
  {
    of: ['a', 'b', 'c', 'd', 'e'].map(name => named(name, 'outage')),
    state: 'outage',
    text: 'a, b, c and 2 more are out, the first since 10:42 UTC.',
  },
  {
    of: [named('a', 'slow'), named('b', 'slow'), named('c', 'slow'), ...ok('d')],
    state: 'slow',
    text: 'a, b and c are slow, the first since 10:42 UTC; everything else is fine.',
  },
  {
    of: [named('a', 'outage', from(2, 2)), named('b', 'partial_outage', from(1, 2)), named('c', 'slow', from(2, 2))],
    state: 'partial_outage',
    text: 'a is out from 2 of 2 vantages since 10:42 UTC; b is partly out from 1 of 2 vantages since 10:42 UTC; c is slow from 2 of 2 vantages since 10:42 UTC.',
  },
  // your account
  {
    of: [dark('OpenAI', 'quota_exhausted', 'account', 'throttled'), ...ok('Groq')],
    state: 'operational',
    text: 'Your quota at OpenAI is spent; everything else is fine.',
  },
  {
    of: [dark('OpenAI', 'rate_limited', 'account', 'throttled'), ...ok('Groq')],
    state: 'operational',
    text: 'OpenAI throttles your account; everything else is fine.',
  },
  {
    of: [dark('OpenAI', 'rate_limited', 'account', 'throttled'), dark('Groq', 'rate_limited', 'account', 'throttled')],
    state: 'unknown',
    text: 'Groq and OpenAI throttle your account.',
  },
  { of: [dark('OpenAI', 'auth_rejected', 'account')], state: 'unknown', text: 'OpenAI rejects your key.' },
  {
    of: [dark('OpenAI', 'auth_rejected', 'account'), dark('Groq', 'auth_rejected', 'account'), ...ok('Cohere')],
    state: 'operational',
    text: 'Groq and OpenAI reject your key; everything else is fine.',
  },
  {
    of: [dark('OpenAI', 'permission_denied', 'account')],
    state: 'unknown',
    text: 'Your key may not use what you ask of OpenAI.',
  },
  // your configuration
  {
    of: [dark('OpenAI', 'model_not_found', 'config')],
    state: 'unknown',
    text: 'OpenAI does not know the model that you ask for.',
  },
  { of: [dark('OpenAI', 'bad_request', 'config')], state: 'unknown', text: 'OpenAI refuses your question.' },
  {
    of: [dark('OpenAI', 'content_filtered', 'config'), ...ok('Groq')],
    state: 'operational',
    text: 'OpenAI refuses your question; everything else is fine.',
  },
  {
    of: [dark('OpenAI', 'cut_short', 'config')],
    state: 'unknown',
    text: 'Your token limit leaves OpenAI no room for an answer.',
  },
  // your vantage
  {
    of: [dark('OpenAI', 'vantage_offline', 'vantage'), dark('Groq', 'vantage_offline', 'vantage')],
    state: 'unknown',
    text: 'Your vantage is offline, so Groq and OpenAI are not known.',
  },
  {
    of: [dark('OpenAI', 'prober_overloaded', 'vantage'), ...ok('Groq')],
    state: 'operational',
    text: 'Your prober is too busy to judge OpenAI; everything else is fine.',
  },
  {
    of: [dark('OpenAI', 'egress_denied', 'vantage')],
    state: 'unknown',
    text: 'The guard of your prober refuses OpenAI.',
  },
  {
    of: [dark('OpenAI', 'connect_failed', 'vantage'), ...ok('Groq')],
    state: 'operational',
    text: 'OpenAI is not known because of your vantage (connect_failed); everything else is fine.',
  },
  // what nobody can tell
  {
    of: [dark('OpenAI', 'no_results'), dark('Groq', 'no_results')],
    state: 'unknown',
    text: 'Groq and OpenAI are not known, without a result since 10:42 UTC.',
  },
  {
    of: [dark('OpenAI', 'unclassified'), ...ok('Groq')],
    state: 'operational',
    text: 'OpenAI is not known (unclassified); everything else is fine.',
  },
  {
    of: [named('OpenAI', 'outage'), dark('Groq', 'no_results')],
    state: 'outage',
    text: 'OpenAI is out since 10:42 UTC, seen from one vantage; Groq is not known, without a result since 10:42 UTC.',
  },
  // vantages that are not heard of
  {
    of: ok('OpenAI'),
    watchers: [gone],
    state: 'operational',
    text: 'Nothing has come from the one vantage, lisbon, since 10:42 UTC.',
  },
  {
    of: [dark('OpenAI', 'no_results'), ...ok('Groq')],
    watchers: [gone, { ...gone, name: 'oslo', lastResultMs: t0 - minuteMs }],
    state: 'operational',
    text: 'Nothing has come from any of 2 vantages since 10:42 UTC; OpenAI is not known, without a result since 10:42 UTC.',
  },
  {
    of: ok('OpenAI', 'Groq'),
    watchers: [here, gone, also],
    state: 'operational',
    text: 'Nothing comes from lisbon, of 3 vantages; all 2 providers are operational.',
  },
  {
    of: ok('OpenAI'),
    watchers: [here, fresh],
    state: 'operational',
    text: 'Nothing comes from quito, of 2 vantages; the one provider here is operational.',
  },
  {
    of: [named('OpenAI', 'slow', from(1, 2)), ...ok('Groq')],
    watchers: [here, gone, fresh],
    state: 'slow',
    text: 'OpenAI is slow from 1 of 2 vantages since 10:42 UTC; nothing comes from lisbon and quito, of 3 vantages; everything else is fine.',
  },
  // maintenance
  {
    of: [named('OpenAI', 'maintenance'), ...ok('Groq')],
    state: 'maintenance',
    text: 'OpenAI is under maintenance; everything else is fine.',
  },
  {
    of: [named('OpenAI', 'maintenance'), named('Groq', 'maintenance')],
    state: 'maintenance',
    text: 'Groq and OpenAI are under maintenance.',
  },
  {
    of: [named('OpenAI', 'maintenance'), named('Groq', 'outage', from(2, 2)), ...ok('Cohere')],
    state: 'partial_outage',
    text: 'Groq is out from 2 of 2 vantages since 10:42 UTC; OpenAI is under maintenance; everything else is fine.',
  },
  // everything at once
  {
    of: [
      named('Anthropic', 'outage', from(2, 2)),
      dark('Groq', 'rate_limited', 'account', 'throttled'),
      dark('Mistral', 'model_not_found', 'config'),
      dark('Nebius', 'no_results'),
      named('OpenAI', 'maintenance'),
      ...ok('Cohere'),
    ],
    watchers: [here, gone],
    state: 'partial_outage',
    text: 'Anthropic is out from 2 of 2 vantages since 10:42 UTC; Groq throttles your account; Mistral does not know the model that you ask for; Nebius is not known, without a result since 10:42 UTC; OpenAI is under maintenance; nothing comes from lisbon, of 2 vantages; everything else is fine.',
  },
]

describe('the overall sentence', () => {
  it.each(situations)('$text', ({ of, watchers = [here], state, text }) => {
    const seen = { nowMs, watchers }
    expect(overall(of, seen)).toMatchObject({ state, text })
    expect(overall(of.toReversed(), { nowMs, watchers: watchers.toReversed() })).toEqual(overall(of, seen))
  })

  it('has a situation for each of these, and more than forty of them', () => {
    expect(new Set(situations.map(one => one.text)).size).toBeGreaterThanOrEqual(40)
    for (const state of ['outage', 'partial_outage', 'degraded', 'slow', 'unknown', 'maintenance', 'operational'])
      expect(situations.map(one => one.state)).toContain(state)
  })

  it('says since when: trouble by its first part, peace by its last', () => {
    const early = t0 - 60_000
    const since = (...of: readonly Named[]) => overall(of, { nowMs, watchers: [here] }).sinceMs
    expect(since(named('a', 'slow', { sinceMs: early }), named('b', 'slow'))).toBe(early)
    expect(since(named('a', 'operational', { sinceMs: early }), named('b', 'operational'))).toBe(t0)
    expect(since()).toBeNull()
  })
})
