import { describe, expect, test } from 'vitest'
import { headroomOf, resetSeconds } from './headroom.ts'

const nowMs = Date.parse('2026-11-20T12:00:00.000Z')

describe('a reset', () => {
  test.each([
    ['0', 0],
    ['60', 60],
    ['1.5', 1.5],
    ['1s', 1],
    ['120ms', 0.12],
    ['6m0s', 360],
    ['1m30.5s', 90.5],
    ['1h2m3s', 3723],
    ['2d', 172_800],
    ['7.66s', 7.66],
    ['2026-11-20T12:01:00Z', 60],
    ['2026-11-20T12:00:00.250Z', 0.25],
    ['2026-11-20T11:00:00Z', 0],
    ['Fri, 20 Nov 2026 12:02:00 GMT', 120],
    ['1795176060', 60],
    ['1795176060000', 60],
  ])('of %s is %d s', (text, seconds) => {
    expect(resetSeconds(text, nowMs)).toBe(seconds)
  })
  test.each([undefined, '', 'soon', '-', 's', '1x', '1'.repeat(40), `${'1s'.repeat(5_000)}x`])(
    'of %s is unknown',
    text => {
      expect(resetSeconds(text, nowMs)).toBeNull()
    },
  )
})

const names = {
  requests: { limit: 'rl-limit', remaining: 'rl-left', reset: 'rl-reset' },
  tokens: { limit: 'tk-limit', remaining: 'tk-left' },
}
const of = (headers: Record<string, string>, status = 200) => headroomOf({ status, headers }, names, nowMs)

describe('headroom', () => {
  test('is what the provider says of it', () => {
    expect(
      of({ 'rl-limit': '500', 'rl-left': '499', 'rl-reset': '120ms', 'tk-limit': '30000', 'tk-left': '-5' }),
    ).toEqual({
      requests: { limit: 500, remaining: 499, reset_s: 0.12 },
      tokens: { limit: 30_000, remaining: -5, reset_s: null },
    })
  })
  test('that nobody speaks of is null', () => {
    expect(of({})).toBeNull()
    expect(headroomOf({ status: 200, headers: { 'rl-limit': '1' } }, {}, nowMs)).toBeNull()
  })
  test('in the form of a draft is its first number', () => {
    expect(of({ 'rl-limit': '60, 60;w=1' })).toEqual({
      requests: { limit: 60, remaining: null, reset_s: null },
      tokens: null,
    })
  })
  test('that cannot be read is unknown', () => {
    expect(of({ 'rl-limit': 'many', 'rl-left': '', 'rl-reset': 'later' })).toBeNull()
    expect(of({ 'rl-limit': '-1' })).toBeNull()
  })
  test('of a 429 is at least its wait', () => {
    expect(of({ 'retry-after': '30' }, 429)).toEqual({
      requests: { limit: null, remaining: null, reset_s: 30 },
      tokens: null,
    })
  })
  test('of a 429 takes the longer of two waits', () => {
    expect(of({ 'retry-after': '1', 'retry-after-ms': '0' }, 429)?.requests?.reset_s).toBe(1)
  })
  test('of a 429 keeps the reset that was said', () => {
    expect(of({ 'retry-after': '1', 'rl-reset': '9s' }, 429)?.requests?.reset_s).toBe(9)
  })
  test('takes no retry-after from a success', () => {
    expect(of({ 'retry-after': '30' })).toBeNull()
  })
})
