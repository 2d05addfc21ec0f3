import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readCursor, writeCursor } from './cursor.ts'

const place = fc.record({
  slotMs: fc.nat({ max: 8e15 }),
  id: fc.uuid(),
  endpoint: fc.nat({ max: 999_999_999 }),
  prober: fc.nat({ max: 999_999_999 }),
})

it('a cursor is read as it was written', () => {
  fc.assert(
    fc.property(place, one => {
      expect(readCursor(writeCursor(one))).toEqual(one)
    }),
  )
})

it('what is no cursor of ours is none', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      const read = readCursor(text)
      if (read !== null) expect(writeCursor(read)).toBe(text)
    }),
  )
  for (const text of ['', 'abc', Buffer.from("1.' or 1=1.1.1").toString('base64url')])
    expect(readCursor(text)).toBeNull()
})
