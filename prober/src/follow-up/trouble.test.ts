import type { ResultLine } from '@llmstatus/shared/result'
import { describe, expect, test } from 'vitest'
import { okLine, testProbe } from '../../test/test-probe.ts'
import type { Probe } from '../probe.ts'
import { troubleOf, usualPartMs } from './trouble.ts'

const chat = testProbe({ type: 'chat', probe: 'chat', model: 'm', everyMs: 300_000, timeoutMs: 30_000 })
const slot = { id: '1', slotMs: 0, why: 'schedule' } as const
const took = (
  probe: Probe,
  ms: { readonly token?: number; readonly whole?: number },
  over: Partial<ResultLine> = {},
) => {
  const line = okLine(probe, slot, 0)
  const us = {
    ...line.us,
    first_token: ms.token === undefined ? null : ms.token * 1000,
    last_byte: ms.whole === undefined ? null : ms.whole * 1000,
  }
  return { ...line, us, ...over }
}
const ended = (over: Partial<ResultLine>, probe: Probe = chat) => troubleOf(probe, took(probe, {}, over), null)
const enough = (p95Ms: number) => ({ p95Ms, n: 50 })

describe('trouble', () => {
  test('is what the provider is to blame for', () => {
    for (const outcome of [
      'server_error',
      'overloaded',
      'timeout',
      'truncated',
      'connect_failed',
      'wrong_answer',
    ] as const)
      expect(ended({ outcome })).toBe('failed')
  })

  test('is nothing that an account, a configuration or this vantage is to blame for', () => {
    for (const outcome of [
      'rate_limited',
      'quota_exhausted',
      'auth_rejected',
      'bad_request',
      'vantage_offline',
      'prober_overloaded',
      'egress_denied',
      'unclassified',
      'ok',
    ] as const)
      expect(ended({ outcome })).toBeNull()
    expect(ended({ outcome: 'connect_failed', signal: 'never_reached' })).toBeNull()
  })

  test('is nothing that the reference has', () => {
    expect(ended({ outcome: 'timeout' }, testProbe({ type: 'reference' }))).toBeNull()
  })

  test('is a first token above twice what is usual, and above three seconds', () => {
    expect(troubleOf(chat, took(chat, { token: 4100 }), enough(2000))).toBe('slow')
    expect(troubleOf(chat, took(chat, { token: 3900 }), enough(2000))).toBeNull()
    expect(troubleOf(chat, took(chat, { token: 2900 }), enough(100))).toBeNull()
  })

  test('of fewer than 50 results only what was agreed is too slow', () => {
    const line = took(chat, { token: 25_000 })
    expect(troubleOf(chat, line, { p95Ms: 100, n: 49 })).toBeNull()
    expect(troubleOf(chat, line, null)).toBeNull()
    expect(troubleOf({ ...chat, sla: { ttfb_p95_ms: 2000 } }, line, null)).toBe('slow')
  })

  test('is the whole of a chat only where that was agreed, and of everything else against what is usual', () => {
    const line = took(chat, { token: 100, whole: 20_000 })
    expect(troubleOf(chat, line, enough(200))).toBeNull()
    expect(troubleOf({ ...chat, sla: { total_p95_ms: 5000 } }, line, null)).toBe('slow')
    const listing = testProbe()
    expect(troubleOf(listing, took(listing, { whole: 3100 }), enough(100))).toBe('slow')
  })

  test('is no time that was not reached', () => {
    expect(troubleOf({ ...chat, sla: { ttfb_p95_ms: 1 } }, took(chat, {}), enough(1))).toBeNull()
  })
})

describe('what is usual', () => {
  test('is made of planned results that are ok', () => {
    expect(usualPartMs(chat, took(chat, { token: 300, whole: 900 }))).toBe(300)
    expect(usualPartMs(chat, took(chat, { token: 300 }, { why: 'boot' }))).toBe(300)
    expect(usualPartMs(chat, took(chat, { token: 300 }, { why: 'followup' }))).toBeNull()
    expect(usualPartMs(chat, took(chat, { token: 300 }, { outcome: 'wrong_answer' }))).toBeNull()
    expect(usualPartMs(testProbe(), took(testProbe(), { whole: 80 }))).toBe(80)
  })
})
