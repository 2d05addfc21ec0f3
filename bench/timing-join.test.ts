import type { LogEntry } from '@llmstatus/simulator'
import { describe, expect, it } from 'vitest'
import { errorsOf, leastTokens, quantileOf, type Timed } from './timing-join.ts'

const line = (t_us: number, event: LogEntry['event'], more: Partial<LogEntry> = {}): LogEntry => ({
  t_us,
  event,
  provider: 'vllm',
  conn: 1,
  req: 7,
  bytes: 10,
  token: null,
  ...more,
})
/** Asked at 1 ms, a role at 2 ms, tokens from 5 ms on, one each millisecond, and the closing sign. */
const answer = (tokens: number): readonly LogEntry[] => [
  line(1_000, 'request', { model: 'm' }),
  line(2_000, 'write'),
  ...Array.from({ length: tokens }, (_, at) => line(5_000 + at * 1000, 'write', { token: at + 1 })),
  line(40_000, 'write'),
  line(40_010, 'end'),
]
const noise = [line(900, 'request', { req: 8, model: 'n' }), line(4_000, 'write', { req: 8, token: 1 })]
const timed: Timed = { model: 'm', startedUs: 500, firstTokenUs: 5_300, endUs: 40_100 }

describe('the errors of a stream', () => {
  it('are its stamps against the writes of its own request', () => {
    expect(errorsOf(timed, [...noise, ...answer(leastTokens)])).toEqual({
      firstTokenMs: 0.3,
      totalMs: 0.1,
      waitMs: 0.8,
    })
  })

  it('are none where the stream cannot be found, is too short, or has no end', () => {
    expect(() => errorsOf({ ...timed, model: 'x' }, answer(leastTokens))).toThrow('0 requests')
    expect(() => errorsOf(timed, [...answer(leastTokens), line(9, 'request', { model: 'm', req: 9 })])).toThrow('2 req')
    expect(() => errorsOf(timed, answer(leastTokens - 1))).toThrow('19 tokens')
    expect(() => errorsOf({ ...timed, firstTokenUs: Number.NaN }, answer(leastTokens))).toThrow('its end')
  })
})

describe('a quantile of errors', () => {
  it('is the nearest rank, whichever way it was off', () => {
    expect(quantileOf([3, -1, 2, -5], 0.5)).toBe(2)
    expect(quantileOf([3, -1, 2, -5], 0.99)).toBe(5)
    expect(quantileOf([], 0.5)).toBeNaN()
  })
})
