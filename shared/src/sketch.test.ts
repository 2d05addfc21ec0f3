import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addToSketch,
  bucketOf,
  countAbove,
  emptySketch,
  insideScale,
  mergeSketches,
  publicScale,
  quantile,
  scaleDown,
  sketchOf,
  upperBoundMs,
} from './sketch.ts'

/** Evenly over the magnitudes, as latencies are, with values at and around the bounds and outside the range. */
const ms = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.double({ min: 0, max: Math.log2(600_000), noNaN: true }).map(x => Math.min(2 ** x, 600_000)),
  },
  { weight: 2, arbitrary: fc.nat({ max: 614 }).map(i => 2 ** (i / 32)) },
  { weight: 1, arbitrary: fc.constantFrom(1, 600_000, 1 + Number.EPSILON) },
)
const anyMs = fc.oneof(
  { weight: 8, arbitrary: ms },
  { weight: 1, arbitrary: fc.constantFrom(0, -5, 0.2, 1e9, Number.POSITIVE_INFINITY) },
)
const values = fc.array(anyMs, { maxLength: 60 })
const scale = fc.constantFrom(0, 1, 2, 3, 4, 5)
const sketch = fc.tuple(values, scale).map(([xs, at]) => sketchOf(xs, at))

const property = (check: fc.IRawProperty<unknown>) => fc.assert(check, { interruptAfterTimeLimit: 500, numRuns: 400 })

/** The value just above a positive one. */
const next = (x: number): number => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  view.setBigInt64(0, view.getBigInt64(0) + 1n)
  return view.getFloat64(0)
}

describe('bucketOf', () => {
  it('puts every power of two at the top of its bucket, and the next number into the one above', () => {
    for (let k = 0; k < 19; k++) {
      expect(bucketOf(2 ** k, insideScale)).toBe(32 * k)
      expect(bucketOf(next(2 ** k), insideScale)).toBe(32 * k + 1)
      expect(bucketOf(2 ** k, publicScale)).toBe(8 * k)
      expect(bucketOf(next(2 ** k), publicScale)).toBe(8 * k + 1)
    }
  })

  it('puts every bound into its own bucket, and the next number into the one above', () => {
    for (let i = 0; i <= 614; i++) {
      expect(bucketOf(upperBoundMs(i, 5), 5)).toBe(i)
      expect(bucketOf(next(upperBoundMs(i, 5)), 5)).toBe(i + 1)
    }
  })

  it('clamps to 1 ms and 10 min', () => {
    expect(bucketOf(0.001, 5)).toBe(0)
    expect(bucketOf(-3, 5)).toBe(0)
    expect(bucketOf(600_000, 5)).toBe(615)
    expect(bucketOf(1e12, 5)).toBe(615)
    expect(bucketOf(1e12, 3)).toBe(154)
  })

  it('keeps 1.3 to 1.4 s in the public bucket 84 or its neighbours', () => {
    expect(bucketOf(1350, publicScale)).toBe(84)
  })

  it('takes no NaN and no scale it does not have', () => {
    expect(() => bucketOf(Number.NaN, 5)).toThrow('NaN')
    for (const wrong of [6, -1, 2.5]) expect(() => bucketOf(10, wrong)).toThrow('scale')
  })

  it('agrees with itself at every scale', () => {
    property(
      fc.property(ms, scale, (x, at) => void expect(bucketOf(x, at)).toBe(Math.ceil(bucketOf(x, 5) / 2 ** (5 - at)))),
    )
  })
})

describe('a sketch', () => {
  it('of nothing is empty and knows nothing', () => {
    expect(sketchOf([])).toEqual(emptySketch())
    expect(mergeSketches([])).toEqual(emptySketch())
    expect(quantile(emptySketch(), 0.5)).toBeNull()
    expect(countAbove(emptySketch(), 10)).toBe(0)
  })

  it('ascends, counts at least one each, and n is their sum', () => {
    property(
      fc.property(sketch, ({ i, c, n }) => {
        expect(i.every((bucket, at) => at === 0 || bucket > (i[at - 1] ?? 0))).toBe(true)
        expect(c.every(count => count >= 1)).toBe(true)
        expect(c.reduce((a, b) => a + b, 0)).toBe(n)
        expect(i.length).toBe(c.length)
      }),
    )
  })

  it('does not depend on the order of its values', () => {
    property(fc.property(values, xs => void expect(sketchOf(xs.toReversed())).toEqual(sketchOf(xs))))
  })

  it('grows by one value as if the value had been there from the start', () => {
    property(
      fc.property(values, ms, (xs, x) => void expect(addToSketch(sketchOf(xs), x)).toEqual(sketchOf([...xs, x]))),
    )
  })

  it('keeps the sum, the least and the greatest of its clamped values', () => {
    expect(sketchOf([0.2, 3.25, 700_000])).toMatchObject({ n: 3, sum: 600_004.25, min: 1, max: 600_000 })
  })
})

describe('merging', () => {
  it('is commutative', () => {
    property(fc.property(sketch, sketch, (a, b) => void expect(mergeSketches([a, b])).toEqual(mergeSketches([b, a]))))
  })

  it('is associative', () => {
    property(
      fc.property(sketch, sketch, sketch, (a, b, c) => {
        const flat = mergeSketches([a, b, c])
        expect(mergeSketches([mergeSketches([a, b]), c])).toEqual(flat)
        expect(mergeSketches([a, mergeSketches([b, c])])).toEqual(flat)
      }),
    )
  })

  it('is the sketch of all values together', () => {
    property(
      fc.property(
        values,
        values,
        scale,
        (a, b, at) =>
          void expect(mergeSketches([sketchOf(a, at), sketchOf(b, at)])).toEqual(sketchOf([...a, ...b], at)),
      ),
    )
  })

  it('of mixed scales comes out at the smallest', () => {
    property(
      fc.property(
        values,
        values,
        (a, b) => void expect(mergeSketches([sketchOf(a, 5), sketchOf(b, 3)])).toEqual(sketchOf([...a, ...b], 3)),
      ),
    )
  })

  it('refuses a bucket that no value has', () => {
    const broken = { ...sketchOf([10]), i: [-1] }
    expect(() => mergeSketches([broken])).toThrow('bucket -1')
    expect(() => mergeSketches([{ ...broken, i: [700] }])).toThrow('bucket 700')
  })
})

describe('scaling down', () => {
  it('is exact', () => {
    property(
      fc.property(values, scale, (xs, to) => void expect(scaleDown(sketchOf(xs, 5), to)).toEqual(sketchOf(xs, to))),
    )
    property(fc.property(values, xs => void expect(scaleDown(sketchOf(xs, 5), 3)).toEqual(sketchOf(xs, 3))))
  })

  it('never goes up', () => {
    expect(() => scaleDown(sketchOf([1], 3), 5)).toThrow('finer')
  })
})

describe('quantile', () => {
  const shares = fc.constantFrom(0, 0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999, 1)
  const exact = (xs: readonly number[], q: number) =>
    xs.toSorted((a, b) => a - b)[Math.min(Math.floor(q * xs.length), xs.length - 1)] ?? Number.NaN
  const some = fc.array(ms, { minLength: 1, maxLength: 200 })

  it.each([
    [5, 0.0108],
    [3, 0.0433],
  ])('is within %d: %d of the exact one over 1 ms to 10 min', (at, share) => {
    property(
      fc.property(some, shares, (xs, q) => {
        const truth = exact(xs, q)
        const error = Math.abs((quantile(sketchOf(xs, at), q) ?? 0) - truth) / truth
        // the bound itself, tanh(ln 2 / 2^(scale + 1)) = 0.010830 and 0.043303, is rounded in the name
        expect(error).toBeLessThan(share + 0.00005)
      }),
    )
  })

  it('of one value is that value', () => {
    property(fc.property(ms, shares, (x, q) => void expect(quantile(sketchOf([x]), q)).toBe(x)))
  })

  it('never falls as the share rises', () => {
    property(
      fc.property(some, xs => {
        const at = [0, 0.1, 0.5, 0.9, 1].map(q => quantile(sketchOf(xs), q) ?? 0)
        expect(at).toEqual(at.toSorted((a, b) => a - b))
      }),
    )
  })
})

describe('countAbove', () => {
  it('is exact at a bound', () => {
    property(
      fc.property(values, fc.nat({ max: 614 }), (xs, i) => {
        const bound = upperBoundMs(i, 5)
        const above = xs.filter(x => Math.min(Math.max(x, 1), 600_000) > bound).length
        expect(countAbove(sketchOf(xs), bound)).toBe(above)
      }),
    )
  })

  it('counts nothing above 10 min', () => {
    expect(countAbove(sketchOf([600_000, 900_000]), 600_000)).toBe(0)
  })
})
