import { describe, expect, test } from 'vitest'
import { createDisk } from '../../test/crash-disk.ts'
import { type Usually, usualAt, withTime } from './usual.ts'
import { loadUsual, saveUsual } from './usual-file.ts'

const hour = 3_600_000
const day = 24 * hour
const startMs = Date.UTC(2026, 5, 4)
const rest = async () => undefined

const filled = (times: readonly (readonly [atMs: number, ms: number])[]): Usually =>
  times.reduce<Usually>((parts, [atMs, ms]) => withTime(parts, ms, atMs), [])

describe('what is usual', () => {
  test('is that of the same hours: nights say nothing about noon', () => {
    const parts = filled([
      ...Array.from({ length: 60 }, (_, i) => [startMs + 12 * hour + i * 60_000, 1000] as const),
      ...Array.from({ length: 60 }, (_, i) => [startMs + 3 * hour + i * 60_000, 100] as const),
    ])
    expect(usualAt(parts, startMs + day + 13 * hour)?.p95Ms).toBeCloseTo(1000, -2)
    expect(usualAt(parts, startMs + day + 4 * hour)).toMatchObject({ n: 60 })
    expect(usualAt(parts, startMs + day + 4 * hour)?.p95Ms).toBeCloseTo(100, -1)
    expect(usualAt(parts, startMs + day + 7 * hour)).toBeNull()
  })

  test('holds the last seven days, and never more than fourteen', () => {
    for (let days = 0; days < 30; days++) {
      const parts = filled([[startMs, 100]])
      const there = usualAt(parts, startMs + days * day) !== null
      if (days <= 7) expect(there).toBe(true)
      if (days >= 14) expect(there).toBe(false)
    }
  })

  test('stays small however long it runs', () => {
    const parts = filled(Array.from({ length: 2000 }, (_, i) => [startMs + i * hour, (i % 97) * 40] as const))
    expect(parts.length).toBeLessThanOrEqual(16)
    expect(JSON.stringify(parts).length).toBeLessThan(8192)
  })

  test('forgets what a clock that was a year ahead left behind', () => {
    const parts = filled([
      [startMs + 365 * day, 9000],
      [startMs, 100],
    ])
    expect(parts).toHaveLength(1)
    expect(usualAt(parts, startMs)?.n).toBe(1)
  })
})

describe('the file of it', () => {
  const usual = new Map(Array.from({ length: 60 }, (_, i) => [`openai/m${i}/chat`, filled([[startMs, 100 + i]])]))

  test('is read back as it was written', async () => {
    const { files } = createDisk()
    await saveUsual(files, usual, rest)
    expect(await loadUsual(files)).toEqual(usual)
  })

  test('that cannot be read is an empty one', async () => {
    for (const text of [
      '',
      '{"v":2}\n',
      '{"v":1}\nx\n',
      '{"v":1}\n["a",[[1,9,[],[],0,0,0]]]\n',
      '{"v":1}\n["a",[[1,1,[1],[],0,0,0]]]\n',
    ]) {
      const { files } = createDisk()
      await files.overwrite('usual.ndjson', Buffer.from(text))
      expect((await loadUsual(files)).size).toBe(0)
    }
    expect((await loadUsual(createDisk().files)).size).toBe(0)
  })
})
