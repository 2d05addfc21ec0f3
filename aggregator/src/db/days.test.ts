import { describe, expect, it } from 'vitest'
import { dayOf, daysAhead, ownDays } from './days.ts'

const nowMs = Date.parse('2026-11-20T12:00:00.000Z')

describe('days', () => {
  it('are made for today and the next two', () => {
    expect(daysAhead(nowMs)).toEqual(['2026-11-20', '2026-11-21', '2026-11-22'])
  })

  it('are UTC days', () => {
    expect(dayOf(Date.parse('2026-11-20T23:59:59.999Z'))).toBe('2026-11-20')
  })

  it('far from now get no partition of their own', () => {
    const days = ['1970-01-01', '2026-10-10', '2026-10-11', '2026-11-20', '2026-11-20', '2026-11-22', '2026-11-23']
    expect(ownDays(nowMs, days)).toEqual(['2026-10-11', '2026-11-20', '2026-11-22'])
  })
})
