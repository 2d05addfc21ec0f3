import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inflateLines, limits, noBody, packBody } from './batch.ts'

describe('a body', () => {
  const inflate = (bytes: Uint8Array, ulen: number) => inflateLines(bytes, { len: bytes.length, ulen })
  const bad = { ok: false, code: 'bad_gzip' }

  it('reads back as the lines it was made of', () => {
    const line = fc.jsonValue({ maxDepth: 2 }).map(value => JSON.stringify(value))
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 50 }), lines => {
        const packed = packBody(lines)
        expect(packed.n).toBe(lines.length)
        expect(inflate(packed.bytes, packed.ulen)).toEqual(lines)
        expect(packBody(lines)).toEqual(packed)
      }),
      { interruptAfterTimeLimit: 500 },
    )
  })

  it('of a record that has none has no lines', () => {
    expect(inflate(noBody.bytes, 0)).toEqual([])
  })

  it('inflates to ulen and not a byte beyond', () => {
    const eight = gzipSync('a\nb\nc\nd\n')
    expect(inflate(eight, 8)).toEqual(['a', 'b', 'c', 'd'])
    expect(inflate(eight, 100)).toEqual(['a', 'b', 'c', 'd'])
    for (const ulen of [7, 1, 0]) expect(inflate(eight, ulen)).toMatchObject({ ...bad, detail: 'inflates beyond ulen' })
    expect(inflate(gzipSync('x'), 0)).toMatchObject(bad)
  })

  it('in several gzip members inflates to ulen in all', () => {
    const members = Buffer.concat([gzipSync('a\n'), gzipSync('b\n'), gzipSync('c\n')])
    expect(inflate(members, 6)).toEqual(['a', 'b', 'c'])
    expect(inflate(members, 5)).toMatchObject(bad)
  })

  it('that is a bomb stops at 8 MiB, whatever ulen says', () => {
    const bomb = gzipSync(Buffer.alloc(64 << 20))
    for (const ulen of [1000, limits.inflatedBytes, 2 ** 40]) expect(inflate(bomb, ulen)).toMatchObject(bad)
  })

  it('has 2,000 lines at most, and eight million are not made before they are counted', () => {
    const lines = Array.from({ length: 2000 }, (_, n) => String(n))
    expect(inflate(packBody(lines).bytes, 1 << 20)).toEqual(lines)
    expect(inflate(packBody([...lines, 'one more']).bytes, 1 << 20)).toMatchObject(bad)
    expect(inflate(gzipSync(Buffer.alloc(limits.inflatedBytes, '\n')), limits.inflatedBytes)).toMatchObject(bad)
  })

  it.each([
    ['without its last line feed', 'a\nb', ['a', 'b']],
    ['with empty lines', '\n\na\n', ['', '', 'a']],
    ['of one empty line', '\n', ['']],
  ])('%s keeps its line numbers', (_what, text, lines) => {
    expect(inflate(gzipSync(text), 100)).toEqual(lines)
  })

  it('of nothing inflates to one empty line, which is a reject like any other', () => {
    expect(inflate(gzipSync(''), 0)).toEqual([''])
  })

  it('that is no gzip is a bad_gzip', () => {
    const whole = gzipSync('a\nb\n')
    const broken = [
      Buffer.from('a\nb\n'),
      whole.subarray(0, -1),
      whole.subarray(0, 12),
      Buffer.concat([whole, Buffer.from('and more')]),
      whole.map((byte, at) => (at === whole.length - 5 ? byte ^ 1 : byte)),
    ]
    for (const bytes of broken) expect(inflate(bytes, 100)).toMatchObject(bad)
  })

  it('that is not UTF-8 is read all the same: its lines are judged one by one', () => {
    expect(inflate(gzipSync(Buffer.from('"\xff"\n', 'latin1')), 100)).toEqual(['"\ufffd"'])
  })
})
