import { describe, expect, test } from 'vitest'
import { randomOf } from './mutate.ts'
import { read, timeless } from './reading.ts'
import { type Recorded, recorded, spoken } from './recorded.ts'

/** Every recorded answer, cut in two at every byte and in many at any: always the same facts. */

const isLong = process.env.TEST_LONG === '1'
/** Places of one answer at which it is cut in two: all of them, or so many, spread over it. */
const mostCuts = isLong ? Number.POSITIVE_INFINITY : 24
const scatterings = isLong ? 200 : 6

const factsOf = (answer: Recorded, chunks: readonly Uint8Array[]): string =>
  JSON.stringify(timeless(read(answer, chunks)))

const inTwo = ({ body }: Recorded): readonly (readonly Uint8Array[])[] => {
  const step = Math.max(1, Math.ceil(body.length / mostCuts))
  const cuts = Array.from({ length: Math.ceil(body.length / step) }, (_, n) => n * step)
  return cuts.map(at => [body.subarray(0, at), body.subarray(at)])
}

const scattered = ({ body }: Recorded, seed: number): readonly Uint8Array[] => {
  const random = randomOf(seed)
  const many = Math.floor(random() * 40)
  const cuts = Array.from({ length: many }, () => Math.floor(random() * (body.length + 1))).sort((a, b) => a - b)
  return [0, ...cuts].map((start, at) => body.subarray(start, cuts[at] ?? body.length))
}

describe('any chunking gives the same facts', () => {
  test.each(spoken)('of every recorded answer of %s', { timeout: 600_000 }, dialect => {
    const answers = recorded.filter(answer => answer.dialect === dialect)
    expect(answers.length).toBeGreaterThan(2)
    for (const answer of answers) {
      const whole = factsOf(answer, [answer.body])
      const ways = [...inTwo(answer), ...Array.from({ length: scatterings }, (_, n) => scattered(answer, n))]
      const other = ways.find(chunks => factsOf(answer, chunks) !== whole)
      expect(
        other?.map(({ length }) => length),
        answer.name,
      ).toBeUndefined()
    }
  })
})
