import { expect, test } from 'vitest'
import { frameLimitBytes } from '../framing/frame.ts'
import { parseJson } from './json.ts'

test('JSON from outside is a value, or is not', () => {
  expect(parseJson('{"a":[1]}')).toEqual({ ok: true, value: { a: [1] } })
  expect(parseJson('{"a":')).toEqual({ ok: false })
})

test('what is longer than any frame is not even tried', () => {
  const longest = `"${'x'.repeat(frameLimitBytes - 2)}"`
  expect(parseJson(longest).ok).toBe(true)
  expect(parseJson(`${longest} `)).toEqual({ ok: false })
})
