import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical, Digest, Instant, instant, ModelId, plain, Slug, sha256, Uuid7, uuid7 } from './ids.ts'

const property = (check: fc.IRawProperty<unknown>) => fc.assert(check, { interruptAfterTimeLimit: 300 })

describe('Instant', () => {
  it('is what a clock writes, and reads back as the same moment', () => {
    const moments = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
    property(
      fc.property(moments, moment => {
        expect(Date.parse(Instant.parse(instant(moment.getTime())))).toBe(moment.getTime())
      }),
    )
  })

  it.each([
    '2026-02-30T00:00:00.000Z',
    '2026-02-29T00:00:00.000Z',
    '1900-02-29T00:00:00.000Z',
    '2026-04-31T00:00:00.000Z',
    '2026-00-10T00:00:00.000Z',
    '2026-13-01T00:00:00.000Z',
    '2026-01-00T00:00:00.000Z',
    '2026-01-32T00:00:00.000Z',
    '2026-01-15T24:00:00.000Z',
    '2026-01-15T29:00:00.000Z',
    '2026-01-15T09:60:00.000Z',
    '2026-01-15T09:00:60.000Z',
    '2026-01-15T09:00:00Z',
    '2026-01-15T09:00:00.0000Z',
    '2026-01-15T09:00:00.000+00:00',
    '2026-01-15t09:00:00.000z',
    '2026-01-15 09:00:00.000Z',
    '2026-01-15T09:00:00.000Z\n',
    '+002026-01-15T09:00:00.000Z',
    '1969-12-31T23:59:59.999Z',
    '0000-01-01T00:00:00.000Z',
    '２０26-01-15T09:00:00.000Z',
    '',
  ])('%j is none', text => {
    expect(Instant.safeParse(text).success).toBe(false)
  })

  it.each(['2024-02-29T23:59:59.999Z', '2000-02-29T00:00:00.000Z', '1970-01-01T00:00:00.000Z'])('%s is one', text => {
    expect(Instant.parse(text)).toBe(text)
  })
})

describe('Digest', () => {
  it('is the one spelling of 32 bytes', () => {
    property(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), bytes => {
        const text = Buffer.from(bytes).toString('base64url')
        expect(Digest.safeParse(text).success).toBe(true)
        const last = text.at(-1) ?? ''
        const sibling = String.fromCharCode(last.charCodeAt(0) + 1)
        expect(Digest.safeParse(text.slice(0, -1) + sibling).success).toBe(false)
      }),
    )
  })

  it.each([sha256('').slice(1), `${sha256('')}=`, sha256('').replace('_', '/'), `${sha256('')}A`])(
    '%s is none',
    text => {
      expect(Digest.safeParse(text).success).toBe(false)
    },
  )
})

describe('uuid7', () => {
  const times = fc.integer({ min: 0, max: 2 ** 48 - 1 })
  const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 })

  it('is a UUIDv7 that sorts by its time', () => {
    property(
      fc.property(times, times, bytes, bytes, (a, b, x, y) => {
        expect(Uuid7.safeParse(uuid7(a, x)).success).toBe(true)
        if (a < b) expect(uuid7(a, x) < uuid7(b, y)).toBe(true)
      }),
    )
  })

  it('keeps 74 of its random bits', () => {
    const none = uuid7(0, new Uint8Array(10))
    const kept = Array.from({ length: 80 }, (_, bit) => {
      const random = new Uint8Array(10)
      random[bit >> 3] = 0x80 >> (bit & 7)
      return uuid7(0, random) !== none
    })
    expect(kept.filter(Boolean)).toHaveLength(74)
  })

  it('needs ten random bytes and a time that fits', () => {
    expect(() => uuid7(0, new Uint8Array(9))).toThrow('10 random bytes')
    for (const ms of [-1, 2 ** 48, Number.NaN]) expect(() => uuid7(ms, new Uint8Array(10))).toThrow('time')
  })
})

describe('names', () => {
  it.each(['a', 'gpt-4o', 'chat-medium', '0x', 'a.b_c-d'])('%s is a slug', text => {
    expect(Slug.parse(text)).toBe(text)
  })
  it.each(['', 'A', '-a', '.a', 'a b', 'a/b', 'ä', 'a'.repeat(65), 'a\n', '__proto__'])('%j is none', text => {
    expect(Slug.safeParse(text).success).toBe(false)
  })
  it.each([
    'gpt-4o',
    'meta-llama/Llama-3.3-70B',
    'claude@20250101',
    'ft:gpt:org::id',
    '@cf/meta/llama-3.2-1b-instruct',
    'a'.repeat(128),
  ])('%s is a model id', text => {
    expect(ModelId.parse(text)).toBe(text)
  })
  it.each([
    ...['', '../x', 'a/../b', 'a..b', '/a', 'a b', 'a?b', 'a#b', 'a%2e', 'a\n', 'é', 'a'.repeat(129)],
    ...['@', '@@a', '@/a', '@.a', '@-1', '@../a', '@a/../b', '=@a', `@${'a'.repeat(128)}`],
  ])('%j is none', text => {
    expect(ModelId.safeParse(text).success).toBe(false)
  })
})

describe('canonical', () => {
  it('gives the same text whatever the order of the keys', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed)
      if (value === null || typeof value !== 'object') return value
      return Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, inner]) => [key, reversed(inner)]),
      )
    }
    property(
      fc.property(fc.jsonValue(), value => {
        expect(canonical(reversed(value))).toBe(canonical(value))
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('tells apart what differs, __proto__ included', () => {
    expect(canonical(JSON.parse('{"__proto__":1}'))).toBe('{"__proto__":1}')
    expect(canonical({ a: [1, 2] })).not.toBe(canonical({ a: [2, 1] }))
  })
})

describe('plain', () => {
  it('leaves nothing that a terminal, a column or a page would mind', () => {
    property(
      fc.property(
        fc.string({ unit: fc.nat({ max: 0xffff }).map(code => String.fromCharCode(code)) }),
        fc.nat({ max: 40 }),
        (text, length) => {
          expect(plain(text, length)).toMatch(/^[\x20-\x7e]*$/)
          expect(plain(text, length).length).toBeLessThanOrEqual(length)
        },
      ),
    )
    expect(plain('a\u0000b\ud800c\u001b[31m', 20)).toBe('a?b?c?[31m')
  })
})
