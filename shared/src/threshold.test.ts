import { describe, expect, it } from 'vitest'
import { slowThresholdMs } from './threshold.ts'

const rule = { floorMs: 3_000, reasoningFloorMs: 10_000, baselineFactor: 2, baselineResults: 50 }
const hosted = { slaMs: null, kind: 'hosted', reasoning: false, usual: null } as const

describe('the threshold of slow', () => {
  it('is what was agreed, whatever is usual', () => {
    expect(slowThresholdMs({ ...hosted, slaMs: 700, usual: { p95Ms: 9_000, n: 500 } }, rule)).toBe(700)
  })

  it('is twice what is usual, once enough is known', () => {
    expect(slowThresholdMs({ ...hosted, usual: { p95Ms: 2_500, n: 50 } }, rule)).toBe(5_000)
    expect(slowThresholdMs({ ...hosted, usual: { p95Ms: 2_500, n: 49 } }, rule)).toBe(3_000)
  })

  it('is never below the floor of our own', () => {
    expect(slowThresholdMs({ ...hosted, usual: { p95Ms: 200, n: 500 } }, rule)).toBe(3_000)
  })

  it('is higher for a reasoning model that is not known yet', () => {
    expect(slowThresholdMs({ ...hosted, reasoning: true }, rule)).toBe(10_000)
  })

  it('is none for a self-hosted target that is not known yet, and its own afterwards', () => {
    expect(slowThresholdMs({ ...hosted, kind: 'self_hosted' }, rule)).toBeNull()
    expect(slowThresholdMs({ ...hosted, kind: 'self_hosted', usual: { p95Ms: 4_000, n: 60 } }, rule)).toBe(8_000)
  })
})
