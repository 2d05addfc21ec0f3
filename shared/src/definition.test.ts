import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { Cadence, Duration, definitionDigest, ProbeDefinition, probeName } from './definition.ts'
import { parseYaml } from './strict-yaml.ts'

/** As the format's documentation shows it. */
const documented = `provider: anthropic
model: claude-haiku-4-5
probe_type: chat
name: refusal-policy
request: { system: "You are a calculator.", messages: [{ role: user, content: "What is 17 × 23? Reply with only the number." }] }
expected: { response_contains: "391", min_tokens: 1, max_tokens: 10 }
timeout_ms: 8000
every: 5m
stream: true
sla: { ttfb_p95_ms: 2000, total_p95_ms: 5000, tps_p50_min: 100 }
metrics: [ttfb_ms, total_ms, tokens_output]
`

describe('a duration', () => {
  test.each([
    ['250ms', 250],
    ['4s', 4000],
    ['5m', 300_000],
    ['1h', 3_600_000],
  ])('%s is %i ms', (text, ms) => {
    expect(Duration.parse(text)).toBe(ms)
  })

  test.each(['', '5', '5 m', '1d', '-5m', '1.5h', '5M', '1234567s', '5m\n'])('%j is none', text => {
    expect(Duration.safeParse(text).success).toBe(false)
  })

  test('that paces something is between a tenth of a second and a day', () => {
    expect(['100ms', '24h'].every(text => Cadence.safeParse(text).success)).toBe(true)
    expect(['0s', '99ms', '25h'].some(text => Cadence.safeParse(text).success)).toBe(false)
  })
})

describe('a definition', () => {
  test('is read as it is documented', () => {
    expect(parseYaml(ProbeDefinition, documented, 'd.yaml')).toMatchObject({
      provider: 'anthropic',
      every: 300_000,
      sla: { ttfb_p95_ms: 2000 },
    })
  })

  test('of a warm connection has a name of its own', () => {
    const warm = { provider: 'acme', probe_type: 'reachability', connection: 'warm' }
    const verdict = (change: object) => ProbeDefinition.safeParse({ ...warm, ...change }).error?.issues[0]?.path
    expect(verdict({ name: 'reachability-warm' })).toBeUndefined()
    expect(verdict({})).toEqual(['name'])
    expect(verdict({ name: 'reachability' })).toEqual(['name'])
    expect(verdict({ connection: 'cold' })).toBeUndefined()
    expect(verdict({ probe_type: 'tcp', name: 'port' })).toEqual(['connection'])
  })

  test('of a chat alone says which way it is asked', () => {
    const chat = {
      provider: 'acme',
      model: 'm',
      probe_type: 'chat',
      request: { messages: [{ role: 'user', content: 'x' }] },
    }
    const verdict = (change: object) =>
      ProbeDefinition.safeParse({ ...chat, dialect: 'openai-responses', ...change }).error?.issues[0]?.path
    expect(verdict({})).toBeUndefined()
    expect(verdict({ probe_type: 'embeddings' })).toEqual(['dialect'])
  })

  test('goes by its name, else by its type', () => {
    expect(probeName({ probe_type: 'chat' })).toBe('chat')
    expect(probeName({ probe_type: 'chat', name: 'sum' })).toBe('sum')
  })

  test('survives being written and read again, whatever its prompt holds', () => {
    const text = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
    const definition = fc.record({
      provider: fc.constantFrom('openai', 'gpu-1'),
      model: fc.constantFrom('m', 'openai/gpt-oss-20b', 'a:b@c'),
      probe_type: fc.constant('chat'),
      request: fc.record({
        messages: fc.array(fc.record({ role: fc.constant('user'), content: text }), { minLength: 1 }),
      }),
      expected: fc.record({ response_contains: text, max_tokens: fc.integer({ min: 1, max: 4096 }) }),
      stream: fc.boolean(),
    })
    fc.assert(
      fc.property(definition, value => {
        expect(parseYaml(ProbeDefinition, stringify(value), 'd.yaml')).toEqual(value)
      }),
      { numRuns: 100 },
    )
  })

  test.each(['reference', 'control'])('cannot call itself %s', name => {
    const parsed = ProbeDefinition.safeParse({ provider: 'openai', probe_type: 'reachability', name })
    expect(parsed.error?.issues[0]?.message).toBe("is the prober's own")
  })
})

test('a digest is the same whatever the order of the keys, and another for any other value', () => {
  const digest = definitionDigest({ path: '/v1', question: { model: 'm', maxTokens: 10 } })
  expect(definitionDigest({ question: { maxTokens: 10, model: 'm' }, path: '/v1' })).toBe(digest)
  expect(definitionDigest({ question: { maxTokens: 11, model: 'm' }, path: '/v1' })).not.toBe(digest)
  expect(digest).toMatch(/^[A-Za-z0-9_-]{43}$/)
})
