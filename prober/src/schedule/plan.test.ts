import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { testProbe } from '../../test/test-probe.ts'
import { jitterBoundMs, type Plan, planOf, slotAfter, slotBefore, slotsBetween } from './plan.ts'

const time = fc.integer({ min: 0, max: 4e12 })
const plan = fc
  .record({ everyMs: fc.integer({ min: 100, max: 86_400_000 }), phase: fc.nat(), jitterSeed: fc.nat(2 ** 32 - 1) })
  .map(({ everyMs, phase, jitterSeed }) => ({ everyMs, phaseMs: phase % everyMs, jitterSeed }))

/** One after the other, from the first one after a time. */
const slotsFrom = (each: Plan, ms: number, count: number): readonly number[] => {
  const slots = [slotAfter(each, ms)]
  while (slots.length < count) slots.push(slotAfter(each, slots.at(-1) ?? 0))
  return slots
}

/** How far a slot is from its multiple. */
const jitterOf = ({ everyMs, phaseMs }: Plan, slotMs: number): number => {
  const off = (slotMs - phaseMs) % everyMs
  return off > everyMs / 2 ? off - everyMs : off < -everyMs / 2 ? off + everyMs : off
}

describe('a plan', () => {
  test('has one slot around each multiple of its interval, within its jitter, whoever asks and when', () => {
    fc.assert(
      fc.property(plan, time, (each, ms) => {
        const [before, after] = [slotBefore(each, ms), slotAfter(each, ms)]
        expect(before).toBeLessThanOrEqual(ms)
        expect(after).toBeGreaterThan(ms)
        expect(after - before).toBeGreaterThanOrEqual(each.everyMs / 2)
        expect(after - before).toBeLessThanOrEqual(1.5 * each.everyMs)
        expect(slotBefore(each, before)).toBe(before)
        expect(slotBefore(each, after)).toBe(after)
        expect(slotAfter(each, before)).toBe(after)
        for (const slot of [before, after])
          expect(Math.abs(jitterOf(each, slot))).toBeLessThanOrEqual(jitterBoundMs(each))
      }),
    )
  })

  test('moves a slot by at most fifteen seconds, and a quarter of the interval', () => {
    expect(jitterBoundMs({ everyMs: 300_000 })).toBe(15_000)
    expect(jitterBoundMs({ everyMs: 30_000 })).toBe(7500)
    expect(jitterBoundMs({ everyMs: 1000 })).toBe(250)
  })

  test('counts the slots in any stretch of time as walking through them does', () => {
    fc.assert(
      fc.property(plan, time, fc.double({ min: 0, max: 40, noNaN: true }), (each, fromMs, intervals) => {
        const untilMs = fromMs + Math.round(intervals * each.everyMs)
        const walked = slotsFrom(each, fromMs, 90).filter(slot => slot <= untilMs)
        const run = slotsBetween(each, fromMs, untilMs)
        expect(run?.count ?? 0).toBe(walked.length)
        expect([run?.fromMs, run?.toMs]).toEqual([walked[0], walked.at(-1)])
      }),
    )
  })

  test('neither skips nor repeats a slot where two stretches of time meet', () => {
    fc.assert(
      fc.property(plan, fc.tuple(time, time, time), (each, times) => {
        const [a, b, c] = times.toSorted((x, y) => x - y) as [number, number, number]
        const count = (from: number, to: number) => slotsBetween(each, from, to)?.count ?? 0
        expect(count(a, b) + count(b, c)).toBe(count(a, c))
      }),
    )
  })

  test('depends on the endpoint and the prober alone', () => {
    const slots = (seed: string, model: string) => slotsFrom(planOf(testProbe({ model }), seed), 0, 5).join()
    expect(slots('a', 'x')).toBe(slots('a', 'x'))
    expect(new Set([slots('a', 'x'), slots('a', 'y'), slots('b', 'x'), slots('b', 'y')]).size).toBe(4)
  })

  test('is what it was: another one after an update would say that slots were missed', () => {
    const slots = slotsFrom(planOf(testProbe(), 'seed'), Date.UTC(2026, 2, 29), 4)
    expect(slots.map(ms => new Date(ms).toISOString().slice(11))).toMatchInlineSnapshot(`
      [
        "00:00:23.588Z",
        "00:01:14.229Z",
        "00:02:32.055Z",
        "00:03:35.414Z",
      ]
    `)
  })

  test('spreads many endpoints over the interval', () => {
    const phases = Array.from({ length: 600 }, (_, index) => planOf(testProbe({ model: `m${index}` }), 'seed').phaseMs)
    expectEven(phases.map(ms => ms / 60_000))
  })

  test('spreads the slots of one endpoint over its jitter, each unlike the one before', () => {
    const each = planOf(testProbe(), 'seed')
    const jitters = slotsFrom(each, Date.UTC(2026, 0, 1), 600).map(slot => (jitterOf(each, slot) + 15_000) / 30_001)
    expectEven(jitters)
    expectEven(jitters.slice(1).map((jitter, index) => (jitter - (jitters[index] ?? 0) + 1) % 1))
  })
})

/** Ten drawers, each with about a tenth of them. */
const expectEven = (shares: readonly number[]): void => {
  const tenths = Array.from({ length: 10 }, (_, tenth) => shares.filter(x => Math.floor(x * 10) === tenth).length)
  expect(Math.min(...tenths)).toBeGreaterThan(shares.length / 20)
  expect(Math.max(...tenths)).toBeLessThan(shares.length / 6)
  expect(tenths.reduce((sum, count) => sum + count, 0)).toBe(shares.length)
}
