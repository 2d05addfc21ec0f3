import type { ResultLine } from '@llmstatus/shared/result'
import { describe, expect, test } from 'vitest'
import { okLine, testProbe } from '../../test/test-probe.ts'
import type { Probe } from '../probe.ts'
import { oneSlot, skipLine } from '../schedule/lines.ts'
import { endpointKey, planOf, slotAfter } from '../schedule/plan.ts'
import { createFollowUps } from './follow-ups.ts'

const listing = testProbe({ everyMs: 3_600_000 })
const chat = testProbe({ probe: 'chat', type: 'chat', model: 'm', everyMs: 3_600_000, timeoutMs: 30_000 })
const other = testProbe({ provider: 'other', probe: 'chat', type: 'chat', model: 'm', everyMs: 3_600_000 })
const probes = [listing, chat, other]

const start = () => {
  // a time with nothing planned nearby
  let nowMs = Date.UTC(2026, 0, 1)
  const isNear = (probe: Probe) => slotAfter(planOf(probe, 'seed'), nowMs - 200_000) < nowMs + 1_200_000
  while (probes.some(isNear)) nowMs += 60_000
  const startMs = nowMs
  const followUps = createFollowUps({
    probes: () => probes,
    seed: 'seed',
    clock: { nowMs: () => nowMs, monoUs: () => 0 },
    usual: new Map(),
  })
  const say = (probe: Probe, over: Partial<ResultLine> = {}) => {
    const line = { ...okLine(probe, { id: '1', slotMs: nowMs, why: over.why ?? 'schedule' }, nowMs), ...over }
    return followUps.ended(probe, line).map(({ probe: of, slotMs, why }) => [endpointKey(of), slotMs - startMs, why])
  }
  const pass = (ms: number) => {
    nowMs += ms
  }
  return { say, pass, followUps, nowMs: () => nowMs }
}

describe('follow-ups', () => {
  test('a chat that fails is looked at again, and so is the listing of its provider, and nobody else', () => {
    const { say } = start()
    expect(say(chat, { outcome: 'overloaded' })).toEqual([
      [endpointKey(chat), 20_000, 'followup'],
      [endpointKey(listing), 0, 'followup'],
    ])
  })

  test('a listing that fails has the chat looked at each time, and only the failing one goes on alone', () => {
    const { say, pass } = start()
    expect(say(listing, { outcome: 'timeout' })).toEqual([
      [endpointKey(listing), 20_000, 'followup'],
      [endpointKey(chat), 0, 'followup'],
    ])
    expect(say(chat, { why: 'followup' })).toEqual([])
    pass(20_000)
    expect(say(listing, { why: 'followup', outcome: 'timeout' })).toEqual([
      [endpointKey(listing), 40_000, 'followup'],
      [endpointKey(chat), 20_000, 'followup'],
    ])
  })

  test('a look that met its endpoint still running does not keep that endpoint from looks of its own', () => {
    const { say, followUps, nowMs } = start()
    expect(say(chat, { outcome: 'timeout' })).toContainEqual([endpointKey(listing), 0, 'followup'])
    const overrun = skipLine('1', { probe: listing, skip: 'overrun', why: 'followup', run: oneSlot(nowMs()) })
    followUps.ended(listing, overrun)
    expect(say(listing, { outcome: 'timeout' })).toContainEqual([endpointKey(listing), 20_000, 'followup'])
  })

  test('slowness stays where it is', () => {
    const { say } = start()
    const agreed = { ...chat, sla: { ttfb_p95_ms: 100 } }
    const us = { ...okLine(chat, { id: '1', slotMs: 0, why: 'schedule' }, 0).us, first_token: 200_000 }
    expect(say(agreed, { us })).toEqual([[endpointKey(chat), 20_000, 'followup']])
  })

  test('what an account or this machine is to blame for is not looked at again', () => {
    const { say } = start()
    expect(say(chat, { outcome: 'rate_limited' })).toEqual([])
    expect(say(chat, { outcome: 'prober_overloaded' })).toEqual([])
    expect(say(listing, { outcome: 'connect_failed', signal: 'never_reached' })).toEqual([])
  })

  test('a budget that is spent is asked once a minute, not every 20 s', () => {
    const { say, pass, followUps, nowMs } = start()
    say(chat, { outcome: 'overloaded' })
    pass(20_000)
    const line = skipLine('1', { probe: chat, skip: 'budget_spent', why: 'followup', run: oneSlot(nowMs()) })
    expect(followUps.ended(chat, line).map(({ slotMs }) => slotMs - nowMs())).toEqual([60_000])
  })

  test('what is usual is learned from what is heard, of what is still probed', () => {
    const { say, followUps } = start()
    say(listing)
    say(testProbe({ provider: 'gone' }))
    expect([...followUps.usual().keys()]).toEqual([endpointKey(listing)])
  })
})
