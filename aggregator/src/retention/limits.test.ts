import { describe, expect, it } from 'vitest'
import { expiredDays } from './limits.ts'

const nowMs = Date.parse('2026-11-20T12:00:00.000Z')
const kept = { resultDays: 30, ledgerDays: 400 }

describe('a day', () => {
  it('goes when its last moment is older than what is kept', () => {
    const names = ['result_20261021', 'result_20261020', 'skip_20261020', 'result_20261120']
    expect(expiredDays(names, kept, nowMs)).toEqual(['result_20261020', 'skip_20261020'])
  })

  it('of five-minute buckets goes after a week, whatever is kept of results', () => {
    const names = ['rollup_5min_20261113', 'rollup_5min_20261112', 'sketch_5min_20261112', 'result_20261112']
    expect(expiredDays(names, kept, nowMs)).toEqual(['rollup_5min_20261112', 'sketch_5min_20261112'])
  })

  it('goes oldest first', () => {
    const names = ['result_20260301', 'result_20251231', 'result_20260101']
    expect(expiredDays(names, kept, nowMs)).toEqual(['result_20251231', 'result_20260101', 'result_20260301'])
  })

  it('is nothing that has no day, or is none of ours', () => {
    expect(expiredDays(['result_stray', 'other_20200101', 'result_2020'], kept, nowMs)).toEqual([])
  })
})
