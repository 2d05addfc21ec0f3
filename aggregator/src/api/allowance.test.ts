import { describe, expect, it } from 'vitest'
import { createAllowance } from './allowance.ts'

const spender = (perS: number, burst: number) => {
  const spend = createAllowance({ batches: { perS, burst } })
  return (sender: string, nowMs: number, batches = 1) => spend({ sender, of: { batches }, nowMs })
}

describe('an allowance', () => {
  it('lets a burst through at once, and says exactly when the next may come', () => {
    const spend = spender(2, 10)
    for (let n = 0; n < 10; n++) expect(spend('a', 1000)).toBe(0)
    expect(spend('a', 1000)).toBe(500)
    expect(spend('a', 1499)).toBe(1)
    expect(spend('a', 1500)).toBe(0)
    expect(spend('a', 1500)).toBe(500)
  })

  it('is the same again after a quiet time, and never more', () => {
    const spend = spender(2, 10)
    expect(spend('a', 0, 10)).toBe(0)
    expect(spend('a', 1_000_000, 10)).toBe(0)
    expect(spend('a', 1_000_000)).toBe(500)
  })

  it('counts nothing of what it refuses, so that asking does not make it longer', () => {
    const spend = spender(1, 1)
    expect(spend('a', 0)).toBe(0)
    for (let n = 0; n < 100; n++) expect(spend('a', 0)).toBe(1000)
    expect(spend('a', 1000)).toBe(0)
  })

  it('is each sender’s own', () => {
    const spend = spender(1, 1)
    expect([spend('a', 0), spend('b', 0), spend('a', 0)]).toEqual([0, 0, 1000])
  })

  it('holds for each of its measures', () => {
    const spend = createAllowance({ batches: { perS: 1, burst: 100 }, bytes: { perS: 10, burst: 100 } })
    const cost = (bytes: number) => spend({ sender: 'a', of: { batches: 1, bytes }, nowMs: 0 })
    expect([cost(90), cost(20), cost(10), cost(1)]).toEqual([0, 1000, 0, 100])
  })

  it('forgets who was away longest, and nobody else, when there are very many', () => {
    const spend = spender(1, 1)
    for (let n = 0; n <= 10_000; n++) expect(spend(`sender ${n}`, 0)).toBe(0)
    expect(spend('sender 0', 0)).toBe(0)
    expect(spend('sender 10000', 0)).toBe(1000)
  })
})
