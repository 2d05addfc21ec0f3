import { describe, expect, test } from 'vitest'
import { nextDeadline, type Waiting, waitingFor } from './deadlines.ts'

const limits = { connectMs: 1, firstByteMs: 10, firstTokenMs: 20, stallMs: 5, totalMs: 30 }
const fresh: Waiting = { startedUs: 1000, isSent: false, hasFirstByte: false, awaitsToken: true, lastByteUs: 1000 }
const at = (change: Partial<Waiting>) => nextDeadline({ ...fresh, ...change }, limits)

describe('what is waited for names the deadline', () => {
  test.each([
    ['before the request has left', {}, 'send', 11_000],
    ['before a byte', { isSent: true }, 'first_byte', 11_000],
    [
      'before a token, after any silence',
      { isSent: true, hasFirstByte: true, lastByteUs: 4_000 },
      'first_token',
      21_000,
    ],
    ['between tokens', { isSent: true, hasFirstByte: true, awaitsToken: false, lastByteUs: 9_000 }, 'stall', 14_000],
    ['at the end', { isSent: true, hasFirstByte: true, awaitsToken: false, lastByteUs: 29_000 }, 'total', 31_000],
  ] as const)('%s', (_when, change, operation, atUs) => {
    expect(at(change)).toEqual({ operation, atUs })
  })

  test('where two fall together, the one that says more is named', () => {
    const same = { connectMs: 30, firstByteMs: 30, firstTokenMs: 30, stallMs: 30, totalMs: 30 }
    const named = (change: Partial<Waiting>) => nextDeadline({ ...fresh, ...change }, same).operation
    expect(named({ isSent: true })).toBe('first_byte')
    expect(named({ isSent: true, hasFirstByte: true })).toBe('first_token')
  })

  test('an error in the middle belongs to the end', () => {
    expect(waitingFor({ ...fresh, isSent: true, hasFirstByte: true, awaitsToken: false })).toBe('total')
  })
})
