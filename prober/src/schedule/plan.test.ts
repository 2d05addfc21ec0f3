import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { testProbe } from '../../test/test-probe.ts'
import { planOf, slotAfter, slotBefore, slotsBetween } from './plan.ts'

const time = fc.integer({ min: 0, max: 4e12 })
const plan = fc
  .record({ everyMs: fc.integer({ min: 100, max: 86_400_000 }), phase: fc.nat() })
  .map(({ everyMs, phase }) => ({ everyMs, phaseMs: phase % everyMs }))

describe('a plan', () => {
  test('has its slots at fixed multiples, whoever asks and when', () => {
    fc.assert(
      fc.property(plan, time, (each, ms) => {
        const before = slotBefore(each, ms)
        expect(before).toBeLessThanOrEqual(ms)
        expect(ms - before).toBeLessThan(each.everyMs)
        expect(slotAfter(each, ms)).toBe(before + each.everyMs)
        expect(slotBefore(each, before)).toBe(before)
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
    const phase = (seed: string, model: string) => planOf(testProbe({ model }), seed).phaseMs
    expect(phase('a', 'x')).toBe(phase('a', 'x'))
    expect(new Set([phase('a', 'x'), phase('a', 'y'), phase('b', 'x'), phase('b', 'y')]).size).toBe(4)
  })

  test('spreads many endpoints over the interval', () => {
    const phases = Array.from({ length: 600 }, (_, index) => planOf(testProbe({ model: `m${index}` }), 'seed').phaseMs)
    const tenths = Array.from({ length: 10 }, (_, tenth) => phases.filter(ms => Math.floor(ms / 6000) === tenth).length)
    expect(Math.min(...tenths)).toBeGreaterThan(30)
    expect(Math.max(...tenths)).toBeLessThan(100)
  })
})
