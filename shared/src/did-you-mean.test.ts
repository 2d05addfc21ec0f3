import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDistance, nearest, suggest } from './did-you-mean.ts'

test('a distance counts inserted, dropped, replaced and swapped letters', () => {
  expect(editDistance('region', 'regoin')).toBe(1)
  expect(editDistance('secret', 'sekret')).toBe(1)
  expect(editDistance('chat', 'chatt')).toBe(1)
  expect(editDistance('chat', 'cat')).toBe(1)
  expect(editDistance('', 'abc')).toBe(3)
})

test('a distance is zero for the same word only, and the same both ways', () => {
  const word = fc.string({ maxLength: 12 })
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a))
      expect(editDistance(a, b) === 0).toBe(a === b)
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length))
    }),
    { numRuns: 200 },
  )
})

test('the nearest word is named, and none where all are far', () => {
  expect(nearest('regoin', ['name', 'region', 'reason'])).toBe('region')
  expect(nearest('REGION', ['name', 'region'])).toBe('region')
  expect(nearest('kubernetes', ['name', 'region'])).toBeNull()
  expect(nearest('x'.repeat(10_000), ['x'.repeat(64)])).toBeNull()
})

test('a suggestion is the word that was meant, or all that there are', () => {
  expect(suggest('nmae', ['name', 'region'])).toBe('did you mean "name"?')
  expect(suggest('zzz', ['name', 'region'])).toBe('known here: name, region')
  expect(suggest('zzz', [])).toBe('nothing may stand here')
})
