import type { Expected } from '@llmstatus/shared/definition'
import { describe, expect, test } from 'vitest'
import { checkAnswer, type Shown } from './check.ts'
import { schemaProblem } from './json-schema.ts'
import { patternProblem } from './pattern.ts'

const shown: Shown = {
  status: 200,
  text: 'The answer is 391.',
  visibleTokens: 6,
  certificateEndsMs: null,
  nowMs: Date.parse('2026-11-20T12:00:00.000Z'),
}
const check = (expected: Expected, change: Partial<Shown> = {}) => checkAnswer(expected, { ...shown, ...change })
const day = 86_400_000

describe('an answer', () => {
  test.each<[Expected, 'pass' | 'fail' | 'none']>([
    [{}, 'none'],
    [{ response_contains: '391' }, 'pass'],
    [{ response_contains: '392' }, 'fail'],
    [{ response_not_contains: 'sorry' }, 'pass'],
    [{ response_not_contains: '391' }, 'fail'],
    [{ response_matches: '\\b391\\.$' }, 'pass'],
    [{ response_matches: '^391$' }, 'fail'],
    [{ min_tokens: 6, max_tokens: 6 }, 'pass'],
    [{ min_tokens: 7 }, 'fail'],
    [{ max_tokens: 5 }, 'fail'],
    [{ status: 200 }, 'pass'],
    [{ status: 204 }, 'fail'],
    [{ response_contains: '391', max_tokens: 5 }, 'fail'],
  ])('with %j is %s', async (expected, verdict) => {
    expect(await check(expected)).toBe(verdict)
  })

  test('is not checked for what was not seen', async () => {
    expect(await check({ min_tokens: 1, max_tokens: 2 }, { visibleTokens: null })).toBe('none')
    expect(await check({ certificate_days: 10 })).toBe('none')
    expect(await check({ max_tokens: 2, response_contains: '391' }, { visibleTokens: null })).toBe('pass')
  })

  test('has a certificate with days to go', async () => {
    const ends = (days: number) => ({ certificateEndsMs: shown.nowMs + days * day })
    expect(await check({ certificate_days: 10 }, ends(10))).toBe('pass')
    expect(await check({ certificate_days: 10 }, ends(9.9))).toBe('fail')
  })
})

describe('a listing', () => {
  const lists = (text: string, model: string) => check({ models_contain: model }, { text })
  test.each([
    ['{"data":[{"id":"gpt-4.1-nano"}]}', 'gpt-4.1-nano'],
    ['{"models":[{"name":"models/gemini-2.5-flash"}]}', 'gemini-2.5-flash'],
    ['{"models":[{"name":"llama3.2:latest"}]}', 'llama3.2'],
    ['{"data":[{"id":"meta-llama\\/Llama-3-8B"}]}', 'meta-llama/Llama-3-8B'],
    ['["a","b"]', 'b'],
  ])('%s has %s', async (text, model) => expect(await lists(text, model)).toBe('pass'))
  test.each([
    ['{"data":[{"id":"gpt-4.1-nano-2025"}]}', 'gpt-4.1-nano'],
    ['{"data":[{"id":"x-gpt"}]}', 'gpt'],
    ['gpt', 'gpt'],
    ['', 'gpt'],
  ])('%s has no %s', async (text, model) => expect(await lists(text, model)).toBe('fail'))
})

describe('a pattern', () => {
  test('that would run for ever elsewhere is done at once', async () => {
    const startedMs = performance.now()
    expect(await check({ response_matches: '^(a+)+$' }, { text: `${'a'.repeat(50_000)}b` })).toBe('fail')
    expect(await check({ response_matches: '(x+x+)+y' }, { text: 'x'.repeat(50_000) })).toBe('fail')
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })
  test.each(['(?=a)b', '(a)\\1', '(', 'a{1,1000}{1,1000}'])('%s cannot be used, and is no failure', async pattern => {
    expect(await patternProblem(pattern)).not.toBeNull()
    expect(await check({ response_matches: pattern })).toBe('none')
  })
  test('that can be used has no problem', async () => {
    expect(await patternProblem('^\\d{3}$')).toBeNull()
  })
})

describe('a JSON schema', () => {
  const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
  test.each([
    ['{"n":391}', 'pass'],
    ['{"n":"391"}', 'fail'],
    ['{}', 'fail'],
    ['n is 391', 'fail'],
  ])('%s is %s', async (text, verdict) => {
    expect(await check({ json_schema: schema }, { text })).toBe(verdict)
  })
  test.each([
    [{ type: 'string', pattern: '(a+)+$' }],
    [{ type: 'object', patternProperties: { '(a+)+$': {} } }],
    [{ anyOf: [{ type: 'array', items: { type: 'string', format: 'email' } }] }],
    [{ type: 'no such type' }],
  ])('%j cannot be used, and is no failure', async unusable => {
    expect(schemaProblem(unusable)).not.toBeNull()
    expect(await check({ json_schema: unusable }, { text: '"a"' })).toBe('none')
  })
  test('may have a property that is called pattern', () => {
    expect(schemaProblem({ type: 'object', properties: { pattern: { type: 'string' } } })).toBeNull()
  })
})
