import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, type Part, type Step } from '../reply.ts'
import { dripped, endlessly, reordered, until } from './steps.ts'

const step = (part: Part, text: string, token: number | null = null): Step => ({
  waitMs: 5,
  bytes: bytesOf(text),
  part,
  token,
})
const stream = (tokens: readonly string[]): readonly Step[] => [
  step('open', 'role;'),
  ...tokens.map((text, n) => step('token', text, n + 1)),
  step('close', 'stop;'),
  step('close', 'usage;'),
  step('done', 'done;'),
]
const text = (steps: Iterable<Step>): string => Buffer.concat([...steps].map(({ bytes }) => bytes)).toString()

describe('until', () => {
  it('keeps what opens and that many tokens, and nothing that closes', () => {
    expect(text(until(stream(['a;', 'b;', 'c;']), 2))).toBe('role;a;b;')
    expect(text(until(stream(['a;', 'b;']), 9))).toBe('role;a;b;')
    expect(text(until(stream(['a;']), 0))).toBe('role;')
  })
  it('halves a body in one piece', () => expect(text(until([step('whole', '{"a":1}')], 3))).toBe('{"a'))
})

describe('dripped', () => {
  it('keeps every byte and every token, whatever the size of a drop', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, unit: 'grapheme' })),
        fc.integer({ min: 1, max: 40 }),
        (tokens, bytes) => {
          const whole = stream(tokens)
          const drops = [...dripped(whole, { bytes, every_ms: 2 })]
          expect(text(drops)).toBe(text(whole))
          expect(drops.every(drop => drop.bytes.length <= bytes)).toBe(true)
          expect(drops.map(drop => drop.token).filter(token => token !== null)).toEqual(tokens.map((_, n) => n + 1))
        },
      ),
    )
  })
})

describe('reordered', () => {
  it('opens after the first token, closes backwards, and is done last', () =>
    expect(text(reordered(stream(['a;', 'b;'])))).toBe('a;role;b;usage;stop;done;'))
})

describe('endlessly', () => {
  it('goes on with new tokens and waits before each', () => {
    const taken = endlessly(stream(['a;', 'b;']), 0)
      .take(6)
      .toArray()
    expect(text(taken)).toBe('role;a;b;b;b;b;')
    expect(taken.map(one => one.token)).toEqual([null, 1, 2, 3, 4, 5])
    expect(taken.slice(3).every(one => one.waitMs >= 1)).toBe(true)
  })
})
