import type { Asked } from './reading.ts'
import { type Recorded, recorded, spoken } from './recorded.ts'

/** Streams that nobody sends: answers with something wrong, the parts of answers in any order, and noise. */
export interface Stream extends Asked {
  readonly body: Buffer
}

/** In [0, 1), the same for the same seed (mulberry32). */
export type Random = () => number

export const randomOf = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

const below = (random: Random, end: number): number => Math.floor(random() * end)

const oneOf = <T>(random: Random, all: readonly T[]): T => {
  const found = all[below(random, all.length)]
  if (found === undefined) throw new Error('one of none')
  return found
}

const noise = (random: Random, length: number): Buffer => Buffer.from(Array.from({ length }, () => below(random, 256)))

/** Where a stream is cut: two places of it in order. */
const slice = (random: Random, from: Buffer): readonly [number, number] => {
  const [a, b] = [below(random, from.length + 1), below(random, from.length + 1)]
  return a < b ? [a, b] : [b, a]
}

const replaced = (from: Buffer, [start, end]: readonly [number, number], by: string | Buffer): Buffer =>
  Buffer.concat([from.subarray(0, start), Buffer.from(by), from.subarray(end)])

/** What stands at a place of a JSON text and does not belong there. */
const strange: readonly string[] = [
  ...['1e999', '-1', '9007199254740993', '0.1', '1'.repeat(400), 'null', 'true', '""', '{}', '[]', '[[]]', '{"":0}'],
  ...['"\\ud800"', '"\\u0000"', '"\u202e"', '\uFEFF', '\u0000', '"', '\\', '}', ']', '{', ',', ':'],
  ...['[DONE]', 'data: ', 'data: [DONE]\n\n', 'event: error\n', 'error: ', '\n\n', '\r', '\r\n', ': ', 'id\n', '\n'],
]

/** Far deeper than any stack is. */
const deep = (random: Random): string => {
  const [open, close] = oneOf(random, [
    ['[', ']'],
    ['{"error":', '}'],
    ['{"choices":[', ']}'],
    ['{"delta":', '}'],
  ] as const)
  const depth = below(random, 20_000)
  return open.repeat(depth) + (random() < 0.5 ? `0${close.repeat(depth)}` : '')
}

const mostBytes = 300_000

type Mutation = (from: Buffer, random: Random) => Buffer

const mutations: readonly Mutation[] = [
  (from, random) => from.subarray(0, below(random, from.length + 1)),
  (from, random) => replaced(from, slice(random, from), ''),
  (from, random) => replaced(from, slice(random, from), noise(random, below(random, 40))),
  (from, random) => replaced(from, slice(random, from), oneOf(random, recorded).body as Buffer),
  (from, random) => {
    const at = below(random, from.length + 1)
    return replaced(from, [at, at], oneOf(random, strange))
  },
  (from, random) => {
    const values = [...from.toString('latin1').matchAll(/-?\d+|"[^"\n]{0,60}"|null|true|false/g)]
    const value = values[below(random, values.length)]
    if (value === undefined) return from
    return replaced(from, [value.index, value.index + value[0].length], oneOf(random, strange))
  },
  (from, random) => {
    const copy = Buffer.from(from)
    for (let n = below(random, 4); n >= 0; n -= 1) copy[below(random, copy.length)] = below(random, 256)
    return copy
  },
  (from, random) => {
    const [start, end] = slice(random, from)
    const times = Math.min(below(random, 1_000), Math.floor(mostBytes / (end - start + 1)))
    return replaced(from, [start, end], Buffer.concat(Array.from({ length: times }, () => from.subarray(start, end))))
  },
  from => Buffer.from(from.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1'),
  from => Buffer.from(from.toString('latin1').replace(/\r?\n/g, '\r'), 'latin1'),
  from => Buffer.from(from.toString('latin1').replace(/\n+/g, '\n'), 'latin1'),
]

const mutated = (random: Random, from: Uint8Array): Buffer => {
  let body: Buffer = Buffer.from(from)
  for (let n = below(random, 4); n >= 0; n -= 1) body = oneOf(random, mutations)(body, random).subarray(0, mostBytes)
  return body
}

/** Events of any dialects, one after the other. */
const soup = (random: Random): Buffer =>
  Buffer.concat(
    Array.from({ length: below(random, 30) }, () => {
      if (random() < 0.3) return Buffer.from(oneOf(random, strange))
      const events = Buffer.from(oneOf(random, recorded).body).toString('latin1').split('\n')
      return Buffer.from(`${oneOf(random, events)}${oneOf(random, ['\n', '\n\n', ''])}`, 'latin1')
    }),
  )

const makers: readonly ((random: Random, from: Recorded) => Buffer)[] = [
  ...new Array<(random: Random, from: Recorded) => Buffer>(14).fill((random, { body }) => mutated(random, body)),
  ...new Array<(random: Random) => Buffer>(4).fill(soup),
  random => noise(random, below(random, 2_000)),
  random => Buffer.from(`${oneOf(random, ['', 'data: ', '{"error":'])}${deep(random)}${oneOf(random, ['', '\n\n'])}`),
]

const byDialect = new Map(spoken.map(name => [name, recorded.filter(({ dialect }) => dialect === name)]))

/** The n-th stream: every dialect in turn. */
export const streamOf = (seed: number, n: number): Stream => {
  const random = randomOf(seed + n)
  const dialect = spoken[n % spoken.length] ?? 'openai'
  const from = oneOf(random, byDialect.get(dialect) ?? [])
  const status = random() < 0.8 ? from.status : oneOf(random, [200, 201, 400, 404, 429, 500, 503, 529])
  const stream = random() < 0.9 ? from.stream : !from.stream
  return { dialect, status, stream, quirks: from.quirks, body: oneOf(random, makers)(random, from) }
}

/** Cut anywhere: not at all, at every byte of what is short, or at some places. */
export const chunksOf = (body: Buffer, random: Random): readonly Buffer[] => {
  const kind = random()
  if (kind < 0.2) return [body]
  const cuts =
    kind < 0.4 && body.length < 4_000
      ? Array.from(body, (_byte, at) => at)
      : Array.from({ length: below(random, 30) }, () => below(random, body.length + 1)).sort((a, b) => a - b)
  return [0, ...cuts].map((start, at) => body.subarray(start, cuts[at] ?? body.length))
}
