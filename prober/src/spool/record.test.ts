import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeRecord, recordBytes, scanRecords } from './record.ts'

const line = fc.string({ unit: 'grapheme', maxLength: 60 }).map(text => JSON.stringify({ text }))
const log = (lines: readonly string[]) => Buffer.concat(lines.map((each, index) => encodeRecord(index, each)))

describe('records', () => {
  test('what was written is read back, and its size is known beforehand', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), lines => {
        const bytes = log(lines)
        expect(scanRecords(bytes)).toEqual({ lines, damaged: 0 })
        expect(lines.reduce((sum, each) => sum + recordBytes(each), 0)).toBe(bytes.length)
      }),
    )
  })

  test('a log that is cut anywhere keeps every record before the cut and counts nothing as damaged', () => {
    const lines = ['{"a":1}', '{"b":"ü"}', '{"c":3}']
    const bytes = log(lines)
    const ends = lines.map((_, index) => log(lines.slice(0, index + 1)).length - 1)
    for (let cut = 0; cut <= bytes.length; cut++) {
      const whole = ends.filter(end => end <= cut).length
      expect(scanRecords(bytes.subarray(0, cut))).toEqual({ lines: lines.slice(0, whole), damaged: 0 })
    }
  })

  test('a flipped bit anywhere costs its own record at most, and the loss is counted', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 2, maxLength: 8 }), fc.nat(), fc.nat({ max: 7 }), (lines, at, bit) => {
        const bytes = log(lines)
        const byte = at % bytes.length
        bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit)
        const found = scanRecords(bytes)
        const missing = lines.length - found.lines.length
        expect(missing).toBeLessThanOrEqual(1)
        expect(lines).toEqual(expect.arrayContaining([...found.lines]))
        const lastIsTorn = missing === 1 && found.lines.length > 0 && !found.lines.includes(lines.at(-1) ?? '')
        if (!lastIsTorn) expect(found.damaged).toBe(missing)
      }),
      { numRuns: 500 },
    )
  })

  test('a stretch of zeros behind the last record is a torn tail', () => {
    expect(scanRecords(Buffer.concat([log(['{}']), Buffer.alloc(4096)]))).toEqual({ lines: ['{}'], damaged: 0 })
  })

  test('records that are missing in the middle are counted by their index', () => {
    const bytes = Buffer.concat([encodeRecord(0, '{}'), Buffer.from('garbage\n'), encodeRecord(5, '{"last":true}')])
    expect(scanRecords(bytes)).toEqual({ lines: ['{}', '{"last":true}'], damaged: 4 })
  })
})
