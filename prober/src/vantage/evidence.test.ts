import { describe, expect, test } from 'vitest'
import { forgetFailures, hearAnswer, hearFailure, judge, unheard, type Witness } from './evidence.ts'
import { ageMs, type Moment } from './moment.ts'

const at = (ms: number, wallMs = ms): Moment => ({ monoMs: ms, wallMs: 1e12 + wallMs })
const witness = (key: string, heard = unheard, change: Partial<Witness> = {}): Witness => ({
  key,
  heard,
  isControl: true,
  isAwaited: false,
  ...change,
})
const answered = (ms: number) => hearAnswer(unheard, at(ms))
const failed = (ms: number, since = ms) => hearFailure(hearFailure(unheard, at(since)), at(ms))

/** It began at 100 s and failed at 110 s; asked right then. */
const attempt = { startedMs: 100_000, failed: at(110_000) }
const verdict = (witnesses: readonly Witness[], now = at(110_000)) => judge(witnesses, attempt, now)

describe('an attempt that failed', () => {
  test('is nobody’s in particular where there is no control', () => {
    expect(verdict([])).toEqual({ is: 'unknown' })
    expect(verdict([witness('own', answered(90_000), { isControl: false })])).toEqual({ is: 'unknown' })
  })
  test('is not ours when another one answered meanwhile', () => {
    expect(verdict([witness('a', answered(101_000)), witness('b', failed(109_000))])).toEqual({ is: 'online' })
  })
  test('is not ours when another probe of the same origin was answered meanwhile', () => {
    expect(verdict([witness('own', answered(105_000), { isControl: false }), witness('b', failed(109_000))])).toEqual({
      is: 'online',
    })
  })
  test('is not cleared by what answered before it began', () => {
    expect(verdict([witness('a', answered(99_999))])).toEqual({ is: 'open', ask: ['a'] })
  })
  test('is not cleared by an answer early in a long wait: the link may have broken since', () => {
    const long = { startedMs: 50_000, failed: at(110_000) }
    expect(judge([witness('a', answered(60_000))], long, at(110_000))).toEqual({ is: 'open', ask: ['a'] })
    expect(judge([witness('a', answered(100_000))], long, at(110_000))).toEqual({ is: 'online' })
  })
  test('is ours when every control fails with it', () => {
    expect(verdict([witness('a', failed(110_000)), witness('b', failed(104_000))])).toEqual({ is: 'offline' })
  })
  test('is not ours as long as one control is silent', () => {
    expect(verdict([witness('a', failed(110_000)), witness('b', answered(90_000))])).toEqual({
      is: 'open',
      ask: ['b'],
    })
  })
  test('asks again who failed some time ago', () => {
    expect(verdict([witness('a', failed(99_000))])).toEqual({ is: 'open', ask: ['a'] })
  })
  test('is ours without asking while it is known that we are offline', () => {
    expect(verdict([witness('a', failed(20_000), { isAwaited: true })])).toEqual({ is: 'offline' })
  })
  test('believes nothing that is older than 30 s on either clock', () => {
    const slept = at(110_000, 4_000_000)
    expect(verdict([witness('a', answered(105_000))], slept)).toEqual({ is: 'open', ask: ['a'] })
    expect(verdict([witness('a', failed(105_000))], slept)).toEqual({ is: 'open', ask: ['a'] })
  })
})

describe('a control that is down itself', () => {
  const down = failed(109_000, 20_000)
  test('witnesses nothing: the outage of one does not hide that of the next', () => {
    expect(verdict([witness('a', down), witness('own', answered(60_000), { isControl: false })])).toEqual({
      is: 'unknown',
    })
  })
  test('is heard all the same when it is back', () => {
    const back = hearAnswer(down, at(109_500))
    expect(verdict([witness('a', back), witness('own', answered(60_000), { isControl: false })])).toEqual({
      is: 'online',
    })
  })
  test('is one like the others until somebody answers for more than 30 s beside it', () => {
    const soon = failed(109_000, 31_000)
    expect(verdict([witness('a', soon), witness('own', answered(60_000), { isControl: false })])).toEqual({
      is: 'offline',
    })
  })
  test('is one like the others when it failed only while we were offline', () => {
    const again = hearFailure(forgetFailures(down), at(109_000))
    expect(verdict([witness('a', again), witness('own', answered(60_000), { isControl: false })])).toEqual({
      is: 'offline',
    })
  })
})

describe('what was heard', () => {
  test('counts by when it was seen, in whatever order it comes', () => {
    const inOrder = hearFailure(hearAnswer(unheard, at(1)), at(2))
    expect(hearAnswer(hearFailure(unheard, at(2)), at(1))).toEqual(inOrder)
    expect(hearFailure(hearAnswer(unheard, at(3)), at(2))).toEqual(answered(3))
    expect(hearFailure(failed(5), at(4))).toEqual(failed(5))
    expect(hearAnswer(answered(5), at(4))).toEqual(answered(5))
  })
  test('ages by the clock that went further', () => {
    expect(ageMs(at(0), at(5, 9))).toBe(9)
    expect(ageMs(at(0), at(5, -100))).toBe(5)
  })
})
