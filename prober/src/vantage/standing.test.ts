import { expect, test } from 'vitest'
import type { Moment } from './moment.ts'
import { sawAnswer, sawFailure, standingAtStart, standingNow, wentOffline } from './standing.ts'

const at = (ms: number, wallMs = ms): Moment => ({ monoMs: ms, wallMs: 1e12 + wallMs })
const offline = wentOffline(at(1_000))

test('the first answer says that we are online', () => {
  expect(sawAnswer(standingAtStart(at(0)), at(5)).is).toBe('online')
})
test('a failure alone begins nothing', () => {
  expect(sawFailure(standingAtStart(at(0)), at(5)).is).toBe('unknown')
})
test('offline ends with an answer that came after it began, and not with an older one', () => {
  expect(sawAnswer(offline, at(1_001))).toEqual({ is: 'online', since: at(1_001), failed: null })
  expect(sawAnswer(offline, at(900))).toBe(offline)
})
test('offline lasts as long as failures are seen', () => {
  expect(standingNow(offline, at(31_000)).is).toBe('offline')
  expect(standingNow(offline, at(31_001)).is).toBe('unknown')
  expect(standingNow(sawFailure(offline, at(20_000)), at(50_000)).is).toBe('offline')
})
test('whoever slept wakes up knowing nothing', () => {
  expect(standingNow(offline, at(2_000, 3_600_000)).is).toBe('unknown')
})
