import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createLoopMonitor } from './loop-monitor.ts'

/** Time passes only here; a held loop is time that passes without its timers. */
const clockAt = () => {
  let us = 0
  return {
    monoUs: () => us,
    pass: (ms: number) => {
      for (let step = 0; step < ms; step += 1) {
        us += 1000
        vi.advanceTimersByTime(1)
      }
    },
    hold: (ms: number) => {
      us += ms * 1000
    },
  }
}

describe('a loop that was held', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  test('is not seen where nothing held it', () => {
    const clock = clockAt()
    const watch = createLoopMonitor(clock).watch()
    clock.pass(100)
    expect(watch.end([50_000])).toEqual({ longestUs: 0, heldUs: 0 })
  })

  test('counts against a stamp that was taken in it, or just behind it', () => {
    const clock = clockAt()
    const watch = createLoopMonitor(clock).watch()
    clock.pass(20)
    clock.hold(40)
    const inIt = clock.monoUs()
    clock.pass(1)
    const behindIt = clock.monoUs()
    clock.pass(100)
    expect(watch.end([inIt]).heldUs).toBeGreaterThan(35_000)

    const again = createLoopMonitor(clock).watch()
    expect(again.end([behindIt])).toEqual({ longestUs: 0, heldUs: 0 })
  })

  test('does not count against a stamp that was taken elsewhere', () => {
    const clock = clockAt()
    const watch = createLoopMonitor(clock).watch()
    clock.pass(20)
    const before = clock.monoUs() - 10_000
    clock.hold(40)
    clock.pass(60)
    const after = clock.monoUs()
    clock.pass(5)
    const { heldUs, longestUs } = watch.end([before, after])
    expect(heldUs).toBe(0)
    expect(longestUs).toBeGreaterThan(35_000)
  })

  test('is seen even while it is still held', () => {
    const clock = clockAt()
    const watch = createLoopMonitor(clock).watch()
    clock.hold(50)
    expect(watch.end([49_000])).toEqual({ longestUs: 45_000, heldUs: 45_000 })
  })

  test('two stretches with a stamp each add up', () => {
    const clock = clockAt()
    const watch = createLoopMonitor(clock).watch()
    clock.hold(20)
    const first = clock.monoUs()
    clock.pass(30)
    clock.hold(20)
    const second = clock.monoUs()
    clock.pass(30)
    expect(watch.end([first, second]).heldUs).toBeGreaterThan(30_000)
  })

  test('of one who watches is not that of one who came later', () => {
    const clock = clockAt()
    const monitor = createLoopMonitor(clock)
    const early = monitor.watch()
    clock.hold(50)
    clock.pass(20)
    const later = monitor.watch()
    clock.pass(20)
    expect(later.end([clock.monoUs()]).longestUs).toBe(0)
    expect(early.end([]).longestUs).toBeGreaterThan(40_000)
  })

  test('leaves no timer behind when nobody watches', () => {
    const watch = createLoopMonitor(clockAt()).watch()
    expect(vi.getTimerCount()).toBe(1)
    watch.end([])
    expect(vi.getTimerCount()).toBe(0)
  })
})
