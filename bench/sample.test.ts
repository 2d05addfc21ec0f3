import { readLine } from '@llmstatus/shared/result'
import { describe, expect, it } from 'vitest'
import { sampleLines, sampleResults } from './sample.ts'

describe('sample lines', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(sampleLines({ count: 50, seed: 3 })).toEqual(sampleLines({ count: 50, seed: 3 }))
    expect(sampleLines({ count: 50, seed: 3 })).not.toEqual(sampleLines({ count: 50, seed: 4 }))
  })

  it('are lines that an aggregator takes', () => {
    for (const line of sampleLines({ count: 500, seed: 1 }))
      expect(readLine(line)).toMatchObject({ ok: true, dropped: 0 })
  })

  it('are of different endpoints, mostly ok, each with its own id', () => {
    const results = sampleResults({ count: 2000, seed: 1 })
    expect(new Set(results.map(({ provider, model, probe }) => `${provider} ${model} ${probe}`)).size).toBe(12)
    expect(new Set(results.map(({ id }) => id)).size).toBe(2000)
    const failed = results.filter(({ outcome }) => outcome !== 'ok').length
    expect(failed).toBeGreaterThan(0)
    expect(failed).toBeLessThan(40)
  })
})
