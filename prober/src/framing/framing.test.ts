import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { body, discard } from './body.ts'
import { type Frame, type Framing, frameLimitBytes } from './frame.ts'
import { ndjson } from './ndjson.ts'
import { sniffing } from './sniff.ts'
import { sse } from './sse.ts'

const utf8 = new TextEncoder()

const framesOf = (framing: Framing, chunks: readonly Uint8Array[]): readonly Frame[] => {
  const framer = framing()
  return [...chunks.flatMap((chunk, index) => framer.push(chunk, index)), ...framer.end()]
}
const read = (framing: Framing, text: string) => framesOf(framing, [utf8.encode(text)])
const shapes = (frames: readonly Frame[]) => frames.map(({ kind, event, data, cut }) => ({ kind, event, data, cut }))
const event = (data: string, more: Partial<Frame> = {}) => ({ kind: 'event', event: null, data, cut: false, ...more })

describe('server-sent events', () => {
  test.each([
    ['lines end with LF', 'data: a\n\ndata: b\n\n'],
    ['lines end with CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n'],
    ['lines end with CR', 'data: a\r\rdata: b\r\r'],
    ['line ends are mixed', 'data: a\r\n\ndata: b\n\r\n'],
    ['comments stand between', ': hi\n\ndata: a\n: OPENROUTER PROCESSING\n\n\n: keep-alive\n\ndata: b\n\n'],
    ['there is no space after the colon', 'data:a\n\ndata:b\n\n'],
    ['ids and retries stand between', 'id: 1\nretry: 5\ndata: a\n\nid\ndata: b\n\n'],
    ['a byte order mark opens it', '\uFEFFdata: a\n\ndata: b\n\n'],
  ])('%s', (_fact, text) => {
    expect(shapes(read(sse, text))).toEqual([event('a'), event('b')])
  })

  test('several data lines join with LF', () => {
    expect(shapes(read(sse, 'data: a\ndata:\ndata:  b\n\n'))).toEqual([event('a\n\n b')])
  })
  test('an event has its name, and only its own', () => {
    expect(shapes(read(sse, 'event: ping\n\nevent: x\ndata: a\n\ndata: b\n\n'))).toEqual([
      event('a', { event: 'x' }),
      event('b'),
    ])
  })
  test('a field named error is an event named error', () => {
    expect(shapes(read(sse, 'error: {"code":500}\n\n'))).toEqual([event('{"code":500}', { event: 'error' })])
  })
  test('a last event without its blank line is taken and marked', () => {
    expect(shapes(read(sse, 'data: a\n\ndata: b'))).toEqual([event('a'), event('b', { cut: true })])
    expect(shapes(read(sse, 'data: a\n\ndata: b\n'))).toEqual([event('a'), event('b', { cut: true })])
  })
  test('what holds lines and never an event is a body', () => {
    expect(read(sse, 'Welcome to\nthe hotel\n')).toMatchObject([{ kind: 'body', data: 'Welcome to\nthe hotel\n' }])
    expect(read(sse, ': hi\n\nid: 1\nretry: 5\n\n')).toEqual([])
    expect(read(sse, 'junk\n\ndata: a\n\n')).toMatchObject([{ kind: 'event', data: 'a' }])
  })
  test('an event at the end of the answer carries the arrival of the last chunk', () => {
    expect(framesOf(sse, [utf8.encode('data: a'), utf8.encode('b')]).map(frame => frame.atUs)).toEqual([1])
  })
  test('a frame carries the arrival of the chunk that completed it', () => {
    const chunks = ['data: a\n', '\nda', 'ta: b\n\ndata: c\n\n'].map(text => utf8.encode(text))
    expect(framesOf(sse, chunks).map(frame => [frame.data, frame.atUs])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 2],
    ])
  })
  test('a CR completes its line at once, without waiting for what follows', () => {
    expect(framesOf(sse, [utf8.encode('data: a\r\r'), utf8.encode('\n')]).map(frame => frame.atUs)).toEqual([0])
  })
  test.each([
    ['a line without an end', 'data: ', 'x'],
    ['an event without an end', 'data: 1\n', 'data: 234567\n'],
    ['an event of empty lines without an end', 'data: 1\n', 'data:\n'],
  ])('%s is given up at the limit, once', (_fact, first, again) => {
    const more = utf8.encode(again.repeat(Math.ceil(70_000 / again.length)))
    const framer = sse()
    framer.push(utf8.encode(first), 0)
    const frames: Frame[] = []
    for (let index = 0; index < frameLimitBytes / 4_000; index += 1) frames.push(...framer.push(more, index))
    expect(frames.map(frame => frame.kind)).toEqual(['too_long'])
    expect(framer.end()).toEqual([])
  })
})

describe('newline-delimited JSON', () => {
  test.each([
    ['lines end with LF', '{"a":1}\n{"b":2}\n'],
    ['lines end with CRLF', '{"a":1}\r\n{"b":2}\r\n'],
    ['blank lines stand between', '\n{"a":1}\n\n  \n{"b":2}\n\n'],
    ['a byte order mark opens it', '\uFEFF{"a":1}\n{"b":2}\n'],
  ])('%s', (_fact, text) => {
    expect(shapes(read(ndjson, text))).toEqual([event('{"a":1}'), event('{"b":2}')])
  })
  test('a last line without its end is taken and marked', () => {
    expect(shapes(read(ndjson, '{"a":1}\n{"b"'))).toEqual([event('{"a":1}'), event('{"b"', { cut: true })])
  })
  test('a line carries the arrival of the chunk that ended it', () => {
    const chunks = ['{"a"', ':1}', '\n{"b":2}\n{"c":3}\n{"d"', ':4}'].map(text => utf8.encode(text))
    expect(framesOf(ndjson, chunks).map(frame => [frame.data, frame.atUs])).toEqual([
      ['{"a":1}', 2],
      ['{"b":2}', 2],
      ['{"c":3}', 2],
      ['{"d":4}', 3],
    ])
  })
  test('a line without an end is given up at the limit, once', () => {
    const more = utf8.encode('x'.repeat(70_000))
    const framer = ndjson()
    const frames: Frame[] = []
    for (let index = 0; index < frameLimitBytes / 4_000; index += 1) frames.push(...framer.push(more, index))
    expect(frames.map(frame => frame.kind)).toEqual(['too_long'])
    expect([...framer.push(utf8.encode('\n{}\n'), 1), ...framer.end()]).toEqual([])
  })
})

describe('a body', () => {
  test('is one frame, with the arrival of its last chunk', () => {
    const text = '{"é":1}'
    const bytes = utf8.encode(text)
    expect(framesOf(body, [bytes.subarray(0, 3), bytes.subarray(3)])).toEqual([
      { kind: 'body', event: null, data: text, atUs: 1, cut: false },
    ])
  })
  test('of nothing is no frame', () => expect(read(body, '')).toEqual([]))
  test('that nobody asked for is no frame', () => expect(read(discard, 'x'.repeat(1000))).toEqual([]))
})

describe('where a stream was asked for', () => {
  test.each([
    ['JSON', '{"error":1}'],
    ['JSON after keep-alive padding', '  \n\n{"error":1}'],
    ['HTML', '<html>\n\n</html>'],
    ['a JSON string', '"no"'],
  ])('%s is a body', (_fact, text) => {
    expect(read(sniffing(sse), text)).toMatchObject([{ kind: 'body', data: text.trim() }])
  })
  test.each([
    ['a comment', ': hi\n\ndata: {}\n\n'],
    ['blank lines', '\n\n\ndata: {}\n\n'],
    ['an event', 'event: x\ndata: {}\n\n'],
  ])('what opens with %s is a stream', (_fact, text) => {
    expect(read(sniffing(sse), text)).toMatchObject([{ kind: 'event', data: '{}' }])
  })
  test('nothing is nothing', () => expect(read(sniffing(sse), ' \n')).toEqual([]))
  test('which byte no frame of it begins with is the caller’s to say', () => {
    const lines = sniffing(ndjson, firstByte => firstByte !== 0x7b)
    expect(read(lines, ' {"a":1}\n')).toMatchObject([{ kind: 'event', data: '{"a":1}' }])
    expect(read(lines, 'data: {}\n\n')).toMatchObject([{ kind: 'body', data: 'data: {}\n\n' }])
  })
})

const piece = fc.constantFrom(
  ...['data: ', 'data:', 'error: ', 'event: x', ': c', 'id: 1', '\n', '\r', '\r\n', '\n\n', 'é', '漢', '🙂', '{"a":1}'],
  ...[' ', 'x', '\uFEFF', '<p>'],
)
const anyStream = fc.array(piece, { maxLength: 60 }).map(pieces => utf8.encode(pieces.join('')))
/** Cut points as fractions of the length, so that every byte is a place to cut. */
const anyCuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 })

const chunked = (bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] => {
  const ends = [...cuts.map(cut => Math.floor(cut * bytes.length)), bytes.length].sort((a, b) => a - b)
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

test('a chunk of nothing does not come between a CR and its LF', () => {
  const chunks = ['data: a\r', '', '\n'].map(text => utf8.encode(text))
  expect(shapes(framesOf(sse, chunks))).toEqual(shapes(read(sse, 'data: a\r\n')))
})

test('a mark in the middle stays, also where the first chunk ends inside a character', () => {
  const bytes = utf8.encode('data: 🙂\uFEFFa\n\n')
  for (const end of bytes.keys())
    expect(shapes(framesOf(sse, [bytes.subarray(0, end), bytes.subarray(end)]))).toEqual(
      shapes(read(sse, 'data: 🙂\uFEFFa\n\n')),
    )
})

test.each([
  ['events', sse],
  ['lines of JSON', ndjson],
  ['a body', body],
  ['sniffed events', sniffing(sse)],
] as const)('any chunking of %s gives the same frames', (_what, framing) => {
  fc.assert(
    fc.property(anyStream, anyCuts, (bytes, cuts) => {
      expect(shapes(framesOf(framing, chunked(bytes, cuts)))).toEqual(shapes(framesOf(framing, [bytes])))
    }),
    { numRuns: 1_000, interruptAfterTimeLimit: 3_000 },
  )
})
