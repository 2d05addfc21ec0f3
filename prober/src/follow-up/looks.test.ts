import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Plan, slotAfter } from '../schedule/plan.ts'
import { afterLine, afterSibling, type Heard, type Looks, noLooks } from './looks.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const startMs = Date.UTC(2026, 0, 1)
const listing = { plan: { everyMs: minute, phaseMs: 0, jitterSeed: 7 }, timeoutMs: 10 * second }
const chat = { plan: { everyMs: 5 * minute, phaseMs: 0, jitterSeed: 7 }, timeoutMs: 30 * second }

interface World {
  readonly plan: Plan
  readonly timeoutMs: number
  readonly tookMs?: number
  readonly untilMs: number
  readonly trouble: (slotMs: number) => Heard['trouble']
}

interface Slot {
  readonly slotMs: number
  readonly isLook: boolean
}

/** The endpoint and its prober as time goes by: one slot at a time, whichever comes first. */
const live = ({ plan, timeoutMs, tookMs = 500, untilMs, trouble }: World) => {
  const slots: Slot[] = []
  const overrun: number[] = []
  let looks: Looks = noLooks
  let lookMs: number | null = null
  let freeMs = startMs
  let plannedMs = slotAfter(plan, startMs)
  while (Math.min(plannedMs, lookMs ?? plannedMs) < untilMs) {
    const isLook = lookMs !== null && lookMs <= plannedMs
    const slotMs: number = isLook ? (lookMs ?? 0) : plannedMs
    if (isLook) lookMs = null
    else plannedMs = slotAfter(plan, plannedMs)
    if (slotMs < freeMs) {
      overrun.push(slotMs)
      continue
    }
    slots.push({ slotMs, isLook })
    freeMs = slotMs + tookMs
    const next = afterLine(looks, { slotMs, isLook, trouble: trouble(slotMs) }, { nowMs: freeMs, plan, timeoutMs })
    looks = next.looks
    lookMs = next.slotMs ?? lookMs
  }
  return { slots, overrun, looked: slots.filter(({ isLook }) => isLook).map(({ slotMs }) => slotMs) }
}

const gaps = (times: readonly number[]): readonly number[] => times.slice(1).map((ms, i) => ms - (times[i] ?? 0))

describe('looking again', () => {
  test('what is well is never looked at again', () => {
    expect(live({ ...listing, untilMs: startMs + hour, trouble: () => null }).looked).toEqual([])
  })

  test('a failure is looked at 20 s later, and every 20 s while it lasts', () => {
    const first = slotAfter(chat.plan, startMs)
    const { slots } = live({ ...chat, untilMs: first + 100 * second, trouble: () => 'failed' })
    expect(slots.map(({ slotMs }) => slotMs - first)).toEqual([0, 20, 40, 60, 80].map(s => s * second))
  })

  test('looks end ten minutes after the last trouble', () => {
    const first = slotAfter(chat.plan, startMs)
    const { looked } = live({ ...chat, untilMs: startMs + hour, trouble: ms => (ms === first ? 'failed' : null) })
    const last = (looked.at(-1) ?? 0) - first
    expect(last).toBeGreaterThan(9 * minute)
    expect(last).toBeLessThanOrEqual(10 * minute + second)
  })

  test('one that hangs for its whole time-out is looked at as soon as it ended', () => {
    const first = slotAfter(chat.plan, startMs)
    const { slots } = live({ ...chat, tookMs: 30 * second, untilMs: first + 100 * second, trouble: () => 'failed' })
    expect(slots.map(({ slotMs }) => slotMs - first)).toEqual([0, 30, 60, 90].map(s => s * second))
  })

  test('slowness alone asks for thirty an hour, and a failure does not wait for that', () => {
    const slow = live({ ...chat, untilMs: startMs + 5 * hour, trouble: () => 'slow' })
    for (const ms of slow.looked)
      expect(slow.looked.filter(other => other > ms - hour && other <= ms).length).toBeLessThanOrEqual(30)
    expect(slow.looked.length).toBeGreaterThan(140)
    const failing = live({
      ...chat,
      untilMs: startMs + 2 * hour,
      trouble: ms => (ms < startMs + hour ? 'slow' : 'failed'),
    })
    expect(failing.looked.filter(ms => ms > startMs + hour).length).toBeGreaterThan(130)
  })

  test('at most 180 an hour, at least 20 s apart, and none that costs the plan a slot, whatever happens', () => {
    const world = fc.record({
      everyMs: fc.integer({ min: 1000, max: 900_000 }),
      timeoutMs: fc.integer({ min: 500, max: 60_000 }),
      jitterSeed: fc.nat(),
      took: fc.double({ min: 0, max: 1, noNaN: true }),
      said: fc.array(fc.constantFrom('failed', 'slow', null, null), { minLength: 1, maxLength: 40 }),
    })
    fc.assert(
      fc.property(world, ({ everyMs, timeoutMs, jitterSeed, took, said }) => {
        let turn = 0
        const plan = { everyMs, phaseMs: 0, jitterSeed }
        const { slots, overrun, looked } = live({
          plan,
          timeoutMs,
          tookMs: Math.floor(Math.min(took * timeoutMs, everyMs / 4)),
          untilMs: startMs + Math.min(2 * hour, 400 * everyMs),
          trouble: () => said[turn++ % said.length] ?? null,
        })
        expect(overrun).toEqual([])
        for (const [i, { slotMs, isLook }] of slots.entries())
          if (isLook) expect(slotMs - (slots[i - 1]?.slotMs ?? 0)).toBeGreaterThanOrEqual(20 * second)
        for (const gap of gaps(looked)) expect(gap).toBeGreaterThanOrEqual(20 * second)
        for (const slotMs of looked) expect(slotAfter(plan, slotMs) - slotMs).toBeGreaterThan(timeoutMs)
      }),
      { numRuns: 60 },
    )
  })

  test('a look that is not admitted bars the next for a minute', () => {
    const first = slotAfter(chat.plan, startMs)
    const { looked } = live({
      ...chat,
      untilMs: first + 4 * minute,
      trouble: ms => (ms === first ? 'failed' : 'refused'),
    })
    expect(looked.map(ms => Math.round((ms - first) / second))).toEqual([20, 81, 141, 202])
  })

  test('a sibling that failed asks for one look, and for none beside one that is coming', () => {
    const at = { ...chat, nowMs: startMs + minute }
    const once = afterSibling(noLooks, at)
    expect(once.slotMs).toBe(at.nowMs)
    expect(afterSibling(once.looks, { ...at, nowMs: at.nowMs + second }).slotMs).toBeNull()
    const ended = { slotMs: at.nowMs, isLook: true, trouble: null }
    const well = afterLine(once.looks, ended, { ...at, nowMs: at.nowMs + second })
    expect(well.slotMs).toBeNull()
    expect(afterSibling(well.looks, { ...at, nowMs: at.nowMs + 2 * second }).slotMs).toBe(at.nowMs + 20 * second)
  })

  test('a clock that is set back by a day leaves nothing that waits for tomorrow', () => {
    const idle = { ...chat, plan: { ...chat.plan, everyMs: 7 * 24 * hour } }
    const slotMs = startMs + 60 * minute
    const failed = { slotMs, isLook: false, trouble: 'failed' as const }
    const before = afterLine(noLooks, failed, { ...idle, nowMs: slotMs + second })
    expect(before.slotMs).toBe(slotMs + 20 * second)
    const nowMs = slotMs - 24 * hour
    const again = afterLine(before.looks, { slotMs: nowMs, isLook: true, trouble: null }, { ...idle, nowMs })
    expect(again.slotMs).toBe(nowMs + 20 * second)
    const later = { ...idle, nowMs: nowMs + 30 * minute }
    const well = afterLine(again.looks, { slotMs: later.nowMs, isLook: true, trouble: null }, later)
    expect(well.slotMs).toBeNull()
  })

  test('a look that was lost with its endpoint is not waited for', () => {
    const asked = afterSibling(noLooks, { ...chat, nowMs: startMs + minute })
    expect(afterSibling(asked.looks, { ...chat, nowMs: startMs + 11 * minute }).slotMs).toBe(startMs + 11 * minute)
  })
})
