import { describe, expect, it } from 'vitest'
import type { Provider, Vantage } from '../api/shapes.ts'
import { type Seen, sentence, textOf } from './sentence.ts'

const provider = (name: string, more: Partial<Provider> = {}): Provider => ({
  id: name.toLowerCase(),
  name,
  kind: 'hosted',
  state: 'operational',
  reason: 'healthy',
  blame: null,
  since: '2026-01-01T10:42:00.000Z',
  confidence: 'high',
  coverage: 1,
  uptime_24h: 1,
  ttft_ms: null,
  endpoints: [],
  ...more,
})
const vantage: Vantage = {
  id: 'v',
  name: 'v',
  region: null,
  state: 'operational',
  last_result_at: null,
  clock_offset_ms: 0,
}

const slow = (name: string) => provider(name, { state: 'slow', reason: 'first_token_slow', blame: 'provider' })
const out = (name: string) => provider(name, { state: 'outage', reason: 'server_error', blame: 'provider' })
const throttled = (name: string, reason: string) => provider(name, { state: 'throttled', reason, blame: 'account' })
const rejected = (name: string) => provider(name, { state: 'unknown', reason: 'auth_rejected', blame: 'account' })
const unmeasured = (name: string) => provider(name, { state: 'unknown', reason: 'never_measured' })
const unreached = (name: string) => provider(name, { state: 'unknown', reason: 'connect_failed', blame: 'vantage' })

const seen = (providers: readonly Provider[], more: Partial<Seen> = {}): Seen => ({
  providers,
  vantages: [vantage],
  asOf: null,
  time: iso => iso.slice(11, 16),
  ...more,
})
const said = (providers: readonly Provider[], more: Partial<Seen> = {}): string =>
  textOf(sentence(seen(providers, more)))

describe('sentence', () => {
  it('says what failed since when, what is yours, and that the rest is fine', () =>
    expect(
      said([slow('Anthropic'), throttled('OpenAI', 'quota_exhausted'), provider('Groq'), provider('Mistral')]),
    ).toBe('Anthropic is slow since 10:42. Your OpenAI quota is spent. Everything else is fine.'))

  it('begins with the worst, and names those of a kind together', () =>
    expect(said([slow('A'), out('B'), slow('C')])).toBe('B is out since 10:42. A and C are slow.'))

  it('names three and counts the others', () =>
    expect(said(['A', 'B', 'C', 'D', 'E'].map(out))).toBe('A, B, C and 2 more are out.'))

  it('says when only one vantage has seen it', () =>
    expect(said([{ ...slow('A'), confidence: 'low' }])).toBe('A is slow since 10:42, seen from one vantage.'))

  it('says that all is fine only when all is', () => {
    expect(said([provider('A')])).toBe('A is fine.')
    expect(said([provider('A'), provider('B')])).toBe('All 2 providers are fine.')
    expect(said([provider('A'), unmeasured('B')])).toBe('B has not been measured yet. A is fine.')
  })

  it('never says fine of what is unknown, down or yours', () => {
    for (const one of [
      slow('A'),
      out('A'),
      unmeasured('A'),
      unreached('A'),
      rejected('A'),
      throttled('A', 'rate_limited'),
    ])
      expect(said([one])).not.toMatch(/fine/)
  })

  it('keeps what is yours away from the provider', () => {
    expect(said([rejected('OpenAI')])).toBe('Your OpenAI key is rejected.')
    expect(said([provider('A', { state: 'unknown', reason: 'bad_request', blame: 'config' })])).toBe(
      'Your question to A is refused as wrong.',
    )
    expect(said(['A', 'B', 'C', 'D'].map(rejected))).toBe('4 of your accounts need a look: A, B, C and 1 more.')
  })

  it('gives a reason for the unknown where there is one', () => {
    expect(said([unreached('watsonx')])).toBe('watsonx is unknown: no connection.')
    expect(said([unreached('A'), provider('B', { state: 'unknown', reason: 'no_results' })])).toBe(
      'A and B are unknown.',
    )
  })

  it('says that it is old when it is', () =>
    expect(said([provider('A')], { asOf: '2026-01-01T11:05:00.000Z' })).toBe('As of 11:05: A is fine.'))

  it('says what is missing when there is nothing', () => {
    expect(said([], { vantages: [] })).toBe('No prober reports here yet.')
    expect(said([])).toBe('Nothing is watched yet.')
  })

  it('marks the word that carries each state', () => {
    const marked = sentence(seen([out('A'), throttled('B', 'rate_limited'), provider('C', { state: 'maintenance' })]))
    expect(marked.filter(piece => piece.tone !== null)).toEqual([
      { text: 'out', tone: 'outage' },
      { text: 'rate limit', tone: 'yours' },
      { text: 'maintenance', tone: 'maintenance' },
    ])
  })
})
