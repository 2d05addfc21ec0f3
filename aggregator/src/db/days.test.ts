import { describe, expect, it } from 'vitest'
import { dayOf, daysAhead, ownDays, partitionName } from './days.ts'

const nowMs = Date.parse('2026-11-20T12:00:00.000Z')
const results = (days: ReturnType<typeof ownDays>) =>
  days.filter(({ of }) => of.table === 'result').map(({ day }) => day)

describe('days', () => {
  it('are made for today and the next two, in every table that has them', () => {
    expect(results(daysAhead(nowMs))).toEqual(['2026-11-20', '2026-11-21', '2026-11-22'])
    expect(
      daysAhead(nowMs)
        .map(partitionName)
        .filter(name => name.endsWith('20')),
    ).toEqual(['result_20261120', 'skip_20261120', 'rollup_5min_20261120', 'sketch_5min_20261120'])
  })

  it('are UTC days', () => {
    expect(dayOf(Date.parse('2026-11-20T23:59:59.999Z'))).toBe('2026-11-20')
  })

  it('far from now get no partition of their own', () => {
    const days = ['1970-01-01', '2026-10-10', '2026-10-11', '2026-11-20', '2026-11-20', '2026-11-22', '2026-11-23']
    expect(results(ownDays(nowMs, days))).toEqual(['2026-10-11', '2026-11-20', '2026-11-22'])
  })

  it('of five-minute buckets go back no further than these are kept', () => {
    const tables = ownDays(nowMs, ['2026-11-12', '2026-11-11']).map(partitionName)
    expect(tables.filter(name => name.includes('_5min_'))).toEqual(['rollup_5min_20261112', 'sketch_5min_20261112'])
  })
})
