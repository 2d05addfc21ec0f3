import { expect, it } from 'vitest'
import { clockOf } from './clock.ts'

const clock = clockOf(Date.parse('2026-03-29T12:00:00Z'), 'en-GB', 'Europe/Berlin')

it("writes moments of today by the reader's clock, and others with their day", () => {
  expect(clock.time('2026-03-29T08:42:00.000Z')).toBe('10:42')
  expect(clock.time('2026-03-28T08:42:00.000Z')).toBe('28 Mar, 09:42')
  expect(clock.time('soon')).toBe('–')
  expect(clock.zone).toBe('Europe/Berlin')
})
