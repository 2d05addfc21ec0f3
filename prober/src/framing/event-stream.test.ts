import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { headersOf } from './event-headers.ts'
import { eventStream } from './event-stream.ts'
import type { Frame } from './frame.ts'
import {
  counted,
  eventMessage,
  exceptionMessage,
  message,
  textHeader,
  typedHeader,
  u32,
} from './testing/event-message.ts'

const framesOf = (chunks: readonly Uint8Array[]): readonly Frame[] => {
  const framer = eventStream()
  return [...chunks.flatMap((chunk, index) => framer.push(chunk, index)), ...framer.end()]
}
const read = (...messages: readonly Uint8Array[]) => framesOf([Buffer.concat(messages)])
const kinds = (frames: readonly Frame[]) => frames.map(({ kind }) => kind)

/** Published with the specification, by whoever implements it. */
const published = {
  nothing: '000000100000000005c248eb7d98c8ff',
  payload: '0000001d00000000fd528c5a7b27666f6f273a27626172277dc36539 36'.replace(' ', ''),
  header:
    '0000003d0000002007fd83960c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b27666f6f273a27626172277d8d9c08b1',
}

describe('a published message', () => {
  test('of nothing is a frame of nothing', () => {
    expect(read(Buffer.from(published.nothing, 'hex'))).toMatchObject([{ kind: 'event', event: null, data: '' }])
  })
  test('with a payload is that payload', () => {
    expect(read(Buffer.from(published.payload, 'hex'))).toMatchObject([{ kind: 'event', data: "{'foo':'bar'}" }])
  })
  test('with a header is what this file writes for it', () => {
    const bytes = Buffer.from(published.header, 'hex')
    expect(read(bytes)).toMatchObject([{ kind: 'event', data: "{'foo':'bar'}" }])
    expect(message([textHeader('content-type', 'application/json')], "{'foo':'bar'}")).toEqual(bytes)
  })
})

describe('a message', () => {
  test('is named by its type, and carries the arrival of the chunk that completed it', () => {
    const bytes = Buffer.concat([eventMessage('a', { x: 1 }), eventMessage('b', {})])
    const first = eventMessage('a', { x: 1 }).length
    expect(framesOf([bytes.subarray(0, 5), bytes.subarray(5, first + 3), bytes.subarray(first + 3)])).toEqual([
      { kind: 'event', event: 'a', data: '{"x":1}', atUs: 1, cut: false },
      { kind: 'event', event: 'b', data: '{}', atUs: 2, cut: false },
    ])
  })
  test('that is an exception says which', () => {
    expect(read(exceptionMessage('throttlingException', { message: 'no' }))).toMatchObject([
      { event: 'exception throttlingException', data: '{"message":"no"}' },
    ])
  })
  test('that is an error has its text in a header', () => {
    const headers = [':message-type', 'error', ':error-code', 'Internal', ':error-message', 'It "broke".']
    const pairs = [0, 2, 4].map(at => textHeader(headers[at] ?? '', headers[at + 1] ?? ''))
    expect(read(message(pairs, ''))).toMatchObject([{ event: 'error Internal', data: '{"message":"It \\"broke\\"."}' }])
  })
  test('whose end has not come is none', () => {
    expect(read(eventMessage('a', {}).subarray(0, -1))).toEqual([])
    expect(read(eventMessage('a', {}), eventMessage('b', {}).subarray(0, 11))).toHaveLength(1)
  })
  test('has headers of every type, and only texts are read', () => {
    const of = (length: number) => Buffer.alloc(length, 7)
    const values = [of(0), of(0), of(1), of(2), of(4), of(8), counted(of(300)), counted(of(3)), of(8), of(16)]
    const headers = values.map((value, type) => typedHeader(`h${type}`, type, value))
    expect([...(headersOf(Buffer.concat(headers)) ?? [])]).toEqual([['h7', '\u0007\u0007\u0007']])
    expect(read(message([...headers, textHeader(':event-type', 'z')], '{}'))).toMatchObject([{ event: 'z' }])
  })
})

describe('what cannot be right is given up, once, and nothing after it is read', () => {
  const good = eventMessage('a', { text: 'hello' })
  const prelude = (total: number, headers: number) => {
    const lengths = Buffer.concat([u32(total), u32(headers)])
    return Buffer.concat([lengths, u32(crc32(lengths))])
  }
  test.each([
    ['a length of less than nothing', prelude(15, 0)],
    ['headers longer than their message', prelude(40, 30)],
    ['a header of no known type', message([typedHeader('x', 10, Buffer.alloc(0))], '')],
    ['a header without a name', message([typedHeader('', 0, Buffer.alloc(0))], '')],
    ['a header that ends after its room', message([Buffer.from([1, 0x78, 7, 0, 9, 0x61])], '')],
    ['a header that ends inside its own length', message([Buffer.from([1, 0x78, 7, 0])], '')],
    ['a header that ends after its name', message([Buffer.from([1, 0x78])], '')],
  ])('%s', (_what, bytes) => {
    expect(kinds(read(good, bytes, good))).toEqual(['event', 'damaged'])
  })
  test.each([(1 << 20) + 1, 16 << 20, 0xffff_ffff])('a claim of %d bytes holds nothing back', total => {
    const framer = eventStream()
    const frames = framer.push(prelude(total, 0), 0)
    expect(kinds(frames)).toEqual(['too_long'])
    expect(framer.push(Buffer.alloc(100_000), 1)).toEqual([])
  })
  test('any flipped bit', () => {
    fc.assert(
      fc.property(fc.nat({ max: good.length * 8 - 1 }), bit => {
        const bytes = Buffer.from(good)
        const at = bit >> 3
        bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7))
        expect(kinds(read(bytes, good))).toEqual(['damaged'])
      }),
      { numRuns: 400 },
    )
  })
})

test('any chunking gives the same frames', () => {
  const part = fc.oneof(
    fc.json({ maxDepth: 2 }).map(text => eventMessage('x', text)),
    fc.constant(exceptionMessage('modelStreamErrorException', { message: 'é🙂' })),
    fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes)),
  )
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 })
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), cuts, (parts, places) => {
      const bytes = Buffer.concat(parts)
      const ends = [...places.map(place => Math.floor(place * bytes.length)), bytes.length].sort((a, b) => a - b)
      const chunks = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
      const timeless = (frames: readonly Frame[]) => frames.map(({ atUs, ...frame }) => frame)
      expect(timeless(framesOf(chunks))).toEqual(timeless(framesOf([bytes])))
    }),
    { numRuns: 500, interruptAfterTimeLimit: 3_000 },
  )
})
