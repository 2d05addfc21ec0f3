import { expect, test } from 'vitest'
import { createReached, reachedWindowMs } from './reached.ts'

const origin = 'https://api.openai.com'
const nowMs = Date.UTC(2026, 2, 1)

test('an origin has been reached for a day after its last answer', () => {
  const reached = createReached()
  expect(reached.within(origin, nowMs)).toBe(false)
  reached.note(origin, nowMs)
  expect(reached.within(origin, nowMs + reachedWindowMs)).toBe(true)
  expect(reached.within(origin, nowMs + reachedWindowMs + 1)).toBe(false)
})

test('an answer from a time that has not come, because a clock was set, vouches for nobody', () => {
  const reached = createReached([[origin, nowMs + 365 * reachedWindowMs]])
  expect(reached.within(origin, nowMs)).toBe(false)
  reached.note(origin, nowMs)
  expect(reached.within(origin, nowMs - 60_000)).toBe(true)
})
