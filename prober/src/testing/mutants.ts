import fc from 'fast-check'

const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
const event = (choice: object, more: object = {}): string =>
  chunk(`data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [choice], ...more })}\n\n`)

/** A streamed chat as it goes over the wire. */
export const healthyAnswer = Buffer.from(
  [
    'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n',
    event({ delta: { role: 'assistant', content: '' } }),
    ...['three', ' hundred', ' ninety', ' one'].map(content => event({ delta: { content } })),
    event({ delta: {}, finish_reason: 'stop' }, { usage: { prompt_tokens: 9, completion_tokens: 4 } }),
    chunk('data: [DONE]\n\n'),
    '0\r\n\r\n',
  ].join(''),
)

/** The same bytes with one to three things wrong: cut, doubled, changed, taken out or put in. */
export const mutants = (bytes: Buffer, count: number): readonly Buffer[] => {
  const place = fc.nat({ max: bytes.length })
  const mutation = fc.oneof(
    place.map(at => (from: Buffer) => from.subarray(0, at)),
    fc.tuple(place, place).map(([a, b]) => (from: Buffer) => {
      const [start, end] = [Math.min(a, b), Math.max(a, b)]
      return Buffer.concat([from.subarray(0, end), from.subarray(start)])
    }),
    fc.tuple(place, fc.nat({ max: 255 })).map(([at, byte]) => (from: Buffer) => {
      const copy = Buffer.from(from)
      copy[at % Math.max(1, copy.length)] = byte
      return copy
    }),
    fc.tuple(place, fc.integer({ min: 1, max: 40 })).map(
      ([at, length]) =>
        (from: Buffer) =>
          Buffer.concat([from.subarray(0, at), from.subarray(at + length)]),
    ),
    fc.tuple(place, fc.uint8Array({ maxLength: 20 })).map(
      ([at, more]) =>
        (from: Buffer) =>
          Buffer.concat([from.subarray(0, at), more, from.subarray(at)]),
    ),
  )
  const mutant = fc
    .array(mutation, { minLength: 1, maxLength: 3 })
    .map(steps => steps.reduce((from, step) => step(from), bytes))
  return fc.sample(mutant, { numRuns: count, seed: 391 })
}
