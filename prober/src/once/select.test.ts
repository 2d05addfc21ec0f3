import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { testProbe } from '../../test/test-probe.ts'
import { matchesGlob, select } from './select.ts'

describe('a pattern with wildcards', () => {
  test.each([
    ['openai', 'openai'],
    ['OpenAI', 'openai'],
    ['open*', 'openai'],
    ['*', 'openai/gpt-4.1-nano/chat'],
    ['*/chat', 'openai/chat'],
    ['o?enai', 'openai'],
    ['*gpt*nano*', 'openai/gpt-4.1-nano/chat'],
    ['a**b', 'axxb'],
  ])('%s is %s', (glob, text) => expect(matchesGlob(glob, text)).toBe(true))

  test.each([
    ['open', 'openai'],
    ['openai?', 'openai'],
    ['*x', 'openai'],
    ['', 'openai'],
    ['[o]penai', 'openai'],
    ['open.i', 'openai'],
  ])('%s is not %s', (glob, text) => expect(matchesGlob(glob, text)).toBe(false))

  test('means the same as its regular expression', () => {
    const part = fc.constantFrom('a', 'b', '*', '?')
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }),
        (parts, text) => {
          const same = new RegExp(`^${parts.join('').replaceAll('*', '.*').replaceAll('?', '.')}$`)
          expect(matchesGlob(parts.join(''), text)).toBe(same.test(text))
        },
      ),
    )
  })

  test('made of stars is read in no time', () => {
    const startedMs = performance.now()
    expect(matchesGlob('*a'.repeat(1000), 'a'.repeat(999))).toBe(false)
    expect(performance.now() - startedMs).toBeLessThan(1000)
  })
})

describe('what is asked for', () => {
  const probes = [
    testProbe({ provider: 'openai' }),
    testProbe({ provider: 'openai', model: 'gpt-4.1-nano', probe: 'chat' }),
    testProbe({ provider: 'openai', model: 'gpt-4.1-nano', probe: 'challenge' }),
    testProbe({ provider: 'groq', model: 'openai/gpt-oss-20b', probe: 'chat' }),
    testProbe({ provider: 'cohere' }),
  ]
  const named = (...globs: string[]) => select(probes, globs).map(probe => probes.indexOf(probe))

  test('is everything where nothing is named', () => {
    expect(named()).toEqual([0, 1, 2, 3, 4])
  })

  test('is a provider, a path, or to the letter a probe or a model', () => {
    expect(named('openai')).toEqual([0, 1, 2])
    expect(named('openai/chat')).toEqual([1])
    expect(named('openai/gpt-4.1-nano')).toEqual([1, 2])
    expect(named('openai/gpt-4.1-nano/chat')).toEqual([1])
    expect(named('chat')).toEqual([1, 3])
    expect(named('openai/gpt-oss-20b')).toEqual([3])
    expect(named('openai/*')).toEqual([1, 2, 0].toSorted())
  })

  test('means providers and paths where it has wildcards, so that c* is not every chat', () => {
    expect(named('c*')).toEqual([4])
    expect(named('*/chat')).toEqual([1, 3])
    expect(named('*/*/ch*')).toEqual([1, 2, 3])
  })

  test('adds up', () => {
    expect(named('cohere', 'groq')).toEqual([3, 4])
  })
})
