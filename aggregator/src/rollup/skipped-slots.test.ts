import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { levels, startOf } from './levels.ts'
import { slotsPerBucket } from './skipped-slots.ts'

const [, hour] = levels
const ever = Number.NEGATIVE_INFINITY

const run = fc
  .record({
    firstMs: fc.integer({ min: 0, max: 10 ** 12 }),
    gapMs: fc.integer({ min: 100, max: 7_200_000 }),
    count: fc.integer({ min: 1, max: 300 }),
  })
  .map(({ firstMs, gapMs, count }) => ({ firstMs, lastMs: firstMs + gapMs * (count - 1), count, gapMs }))

describe('a run of skipped slots', () => {
  it('puts each slot into its own hour', () => {
    fc.assert(
      fc.property(run, ({ gapMs, ...skipped }) => {
        const expected = new Map<number, number>()
        for (let k = 0; k < skipped.count; k++) {
          const startMs = startOf(skipped.firstMs + k * gapMs, hour)
          expected.set(startMs, (expected.get(startMs) ?? 0) + 1)
        }
        expect(new Map(slotsPerBucket(skipped, hour, ever).map(({ startMs, count }) => [startMs, count]))).toEqual(
          expected,
        )
      }),
      { numRuns: 300 },
    )
  })

  it('never loses or doubles a slot, however unevenly the run divides', () => {
    const odd = fc.record({
      firstMs: fc.integer({ min: 0, max: 10 ** 12 }),
      lengthMs: fc.integer({ min: 0, max: 10 ** 9 }),
      count: fc.integer({ min: 1, max: 10_000 }),
    })
    fc.assert(
      fc.property(odd, ({ firstMs, lengthMs, count }) => {
        const buckets = slotsPerBucket({ firstMs, lastMs: firstMs + lengthMs, count }, hour, ever)
        expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(count)
      }),
    )
  })
})
