import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fillPlaceholders, placeholderProblem, placeholderValues } from './placeholders.ts'

const values = { a: 17, b: 23, nonce: '483912' }

test('every placeholder is filled wherever it stands, and nothing else is touched', () => {
  expect(fillPlaceholders('{{a}} × {{b}} = {{a*b}}, {{nonce}} {{nonce}}', values)).toBe('17 × 23 = 391, 483912 483912')
  expect(fillPlaceholders('{{c}} {a} {{ a }} $& {{}}', values)).toBe('{{c}} {a} {{ a }} $& {{}}')
})

test('a filled text is not filled again', () => {
  expect(fillPlaceholders('{{{{a}}}}', { a: 1, b: 2, nonce: '{{a}}' })).toBe('{{1}}')
  expect(fillPlaceholders('{{nonce}}', { a: 1, b: 2, nonce: '{{a}}' })).toBe('{{a}}')
})

test('values are two numbers of two digits and one of six, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 16 }), random => {
      const { a, b, nonce } = placeholderValues(random)
      expect([a, b].every(number => number >= 11 && number <= 99)).toBe(true)
      expect(nonce).toMatch(/^[1-9]\d{5}$/)
    }),
    { numRuns: 200 },
  )
})

test('an expectation leans only on what the question holds', () => {
  expect(placeholderProblem('What is {{a}} × {{b}}?', '{{a*b}}')).toBeNull()
  expect(placeholderProblem('Say {{nonce}}.', '^{{nonce}}$')).toBeNull()
  expect(placeholderProblem('What is {{a}} × 3?', '{{a*b}}')).toBe('expects {{a*b}}, which the question does not hold')
  expect(placeholderProblem('Say {{nonse}}.', '{{nonce}}')).toBe('expects {{nonce}}, which the question does not hold')
  expect(placeholderProblem('Say {{nonce}}.', '{{nonse}}')).toBe(
    'holds {{nonse}}, which is not one of {{a}}, {{b}}, {{a*b}}, {{nonce}}',
  )
})

test('a text made of braces is filled in linear time', () => {
  const text = '{{'.repeat(500_000)
  const startedMs = performance.now()
  expect(fillPlaceholders(text, values)).toBe(text)
  expect(placeholderProblem(text, text)).toBeNull()
  expect(performance.now() - startedMs).toBeLessThan(2000)
})
