import { expect, test } from 'vitest'
import { createSince } from './since.ts'

const at = (earlierMs: number | null) => {
  const clock = { ms: 1000 }
  return { clock, since: createSince({ nowMs: () => clock.ms, firstNumber: 7, earlierMs }) }
}

test('a segment is as old as its first line', () => {
  const { clock, since } = at(null)
  since.wrote(7)
  clock.ms = 2000
  since.wrote(7)
  since.wrote(9)
  expect(since.of(7)).toBe(1000)
  expect(since.of(8)).toBe(2000)
  expect(since.of(9)).toBe(2000)
})

test('what earlier runs left is as old as the oldest of it', () => {
  const { since } = at(40)
  since.wrote(7)
  expect(since.of(5)).toBe(40)
  expect(since.of(7)).toBe(1000)
})
