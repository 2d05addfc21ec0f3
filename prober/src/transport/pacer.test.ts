import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPacer } from './pacer.ts'

describe('starts', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
  afterEach(() => void vi.useRealTimers())
  const clock = { monoUs: () => Math.round(performance.now() * 1000) }

  test('are kept apart, in their order, and the first does not wait', async () => {
    const pace = createPacer(clock)
    const started: [number, number][] = []
    for (const who of [1, 2, 3]) void pace().then(() => started.push([who, clock.monoUs()]))
    const fromUs = clock.monoUs()
    await vi.advanceTimersByTimeAsync(50)
    expect(started.map(([who, atUs]) => [who, atUs - fromUs])).toEqual([
      [1, 0],
      [2, 4_000],
      [3, 8_000],
    ])
  })

  test('far apart do not wait at all', async () => {
    const pace = createPacer(clock)
    await pace()
    await vi.advanceTimersByTimeAsync(5)
    const fromUs = clock.monoUs()
    await pace()
    expect(clock.monoUs() - fromUs).toBe(0)
  })

  test('that waited out a held loop are still let go one by one', async () => {
    let heldUs = 0
    const late = { monoUs: () => clock.monoUs() + heldUs }
    const pace = createPacer(late)
    const started: number[] = []
    for (let n = 0; n < 4; n += 1) void pace().then(() => started.push(late.monoUs()))
    await vi.advanceTimersByTimeAsync(1)
    heldUs = 100_000
    await vi.advanceTimersByTimeAsync(50)
    const gaps = started.slice(1).map((atUs, index) => atUs - (started[index] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(4_000)
  })
})
