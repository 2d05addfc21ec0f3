import { describe, expect, it } from 'vitest'
import { toInt, toReal } from './numbers.ts'

describe('numbers from outside', () => {
  it('fit an int column', () => {
    expect([toInt(1e15), toInt(-1e15), toInt(2.7)]).toEqual([2_147_483_647, -2_147_483_647, 2])
  })

  it('fit a real column, the very small ones too', () => {
    expect([toReal(1e300), toReal(-1e300), toReal(1e-320), toReal(0.5)]).toEqual([3.4e38, -3.4e38, 0, 0.5])
  })
})
