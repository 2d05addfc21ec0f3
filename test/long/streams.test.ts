import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { outcomes } from '@llmstatus/shared/outcome'
import { describe, expect, test } from 'vitest'
import { frameLimitBytes } from '../../prober/src/framing/frame.ts'
import { caps } from '../../prober/src/transport/attempt.ts'
import { chunksOf, randomOf, type Stream, streamOf } from './mutate.ts'
import { isKnownSignal, outcomeOf, read, readerFor, timeless } from './reading.ts'
import { recorded, spoken } from './recorded.ts'

/** Whatever comes, in whatever pieces: no throw, no hang, no growth, and the same facts. */

const isLong = process.env.TEST_LONG === '1'
const count = isLong ? 100_000 : 5_000
const seed = 20_261_120

/** What one stream of at most 300 kB may cost this thread: a hundred times what it does. */
const mostMs = 1_000
const mib = 1 << 20

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const heapMib = (): number => {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / mib
}

const threadMs = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

interface Tried {
  readonly outcome: string
  readonly tookMs: number
  /** Everything that is wrong with how it was read. */
  readonly faults: readonly string[]
}

const tryOut = (stream: Stream, n: number): Tried => {
  const startMs = threadMs()
  const inPieces = read(stream, chunksOf(stream.body, randomOf(n)))
  const tookMs = threadMs() - startMs
  const whole = read(stream, [stream.body])
  const outcome = outcomeOf(stream, inPieces)
  const faults = [
    ...(isKnownSignal(stream, inPieces) ? [] : [`signal ${inPieces.signal}`]),
    ...(Object.hasOwn(outcomes, outcome) ? [] : [`outcome ${outcome}`]),
    ...(tookMs < mostMs ? [] : [`${tookMs} ms`]),
    ...(JSON.stringify(timeless(inPieces)) === JSON.stringify(timeless(whole)) ? [] : ['its pieces matter']),
  ]
  return { outcome, tookMs, faults }
}

const tryNth = (n: number): Tried => {
  const stream = streamOf(seed, n)
  const named = (fault: unknown) => `stream ${n} (${stream.dialect}): ${fault}`
  try {
    const tried = tryOut(stream, n)
    return { ...tried, faults: tried.faults.map(named) }
  } catch (error) {
    return { outcome: 'none', tookMs: 0, faults: [named(error)] }
  }
}

test(`${count} random and mutated streams of all dialects are read without a throw, a hang, or growth`, {
  timeout: 3_000_000,
}, () => {
  const faults: string[] = []
  const seen = new Set<string>()
  let longestMs = 0
  let settledMib = 0
  for (let n = 0; n < count && faults.length < 10; n += 1) {
    const tried = tryNth(n)
    faults.push(...tried.faults)
    seen.add(tried.outcome)
    longestMs = Math.max(longestMs, tried.tookMs)
    if (n === count / 5) settledMib = heapMib()
  }
  const grownMib = heapMib() - settledMib
  console.info(`${count} streams: ${seen.size} outcomes, longest ${longestMs} ms, grown ${grownMib.toFixed(2)} MiB`)
  expect(faults).toEqual([])
  expect(grownMib).toBeLessThan(4)
  // so that it is not the same few answers again and again
  expect(seen.size).toBeGreaterThan(12)
})

/** Of a stream that does not end, as much as the transport lets in: the text of it, a frame, and what reads them. */
const mostHeldMib = 24
const mostToTheEndMs = 1_000

const endless: readonly (readonly [string, (text: string) => string])[] = [
  ['an answer that never comes to its end', text => text.slice(0, text.lastIndexOf('\n', text.length * 0.6) + 1)],
  ['the same answer again and again', text => text],
  ['a line without an end', text => text.replace(/\s*\n\s*/g, ' ')],
  ['a string without an end', () => 'data: {"a":"'.padEnd(1_000, 'x')],
  ['blank lines', () => '\n'],
  ['comments', () => ': keep-alive\n\n'],
  ['opened brackets', () => '['],
]

/** As much as is still parsed in one piece, and all that may come. */
const sizesBytes = [frameLimitBytes, caps.bodyBytes]
/** In pieces of a size that a socket gives; and in as many as may come at all. */
const pieceSizes = [16_384, ...(isLong ? [Math.ceil(caps.bodyBytes / caps.pieces)] : [])]

describe.each(endless)(`%s, up to the caps of the transport, is held within ${mostHeldMib} MiB`, (_what, of) => {
  test.each(spoken)('%s', dialect => {
    const good = recorded.filter(each => each.dialect === dialect && each.status === 200 && each.body.length > 0)
    const asked = good.find(({ name }) => name === 'stream-healthy.txt') ?? good[0]
    if (asked === undefined) throw new Error(`no good answer of ${dialect} was recorded`)
    const text = of(Buffer.from(asked.body).toString()) || 'x'
    const all = Buffer.from(text.repeat(Math.ceil(caps.bodyBytes / text.length))).subarray(0, caps.bodyBytes)
    for (const [sizeBytes, pieceBytes] of sizesBytes.flatMap(size => pieceSizes.map(piece => [size, piece] as const))) {
      const [heldMib, startMs] = [heapMib(), threadMs()]
      const reader = readerFor(asked)
      for (let at = 0; at < sizeBytes; at += pieceBytes)
        reader.chunk(all.subarray(at, Math.min(at + pieceBytes, sizeBytes)), at)
      expect(heapMib() - heldMib).toBeLessThan(mostHeldMib)
      expect(isKnownSignal(asked, reader.end())).toBe(true)
      expect(threadMs() - startMs).toBeLessThan(mostToTheEndMs)
    }
  })
})
