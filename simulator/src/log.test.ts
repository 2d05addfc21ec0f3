import { describe, expect, it } from 'vitest'
import { createLog, type LogEntry } from './log.ts'

const entry = (t_us: number): LogEntry => ({
  t_us,
  provider: 'a',
  conn: 1,
  req: 1,
  event: 'write',
  bytes: 1,
  token: null,
})

describe('createLog', () => {
  it('keeps the newest, in order, and counts what fell out', () => {
    const log = createLog(3)
    for (const t of [10, 20, 30, 40, 50]) log.add(entry(t))
    expect(log.since(-1)).toEqual({ entries: [entry(30), entry(40), entry(50)], lost: 2 })
    expect(log.since(20)).toEqual({ entries: [entry(30), entry(40), entry(50)], lost: 0 })
    expect(log.since(40).entries).toEqual([entry(50)])
  })
})
