import { describe, expect, it } from 'vitest'
import { createTurns } from './turns.ts'

/** Work that ends when it is told to, and a clock that somebody else moves. */
const scene = (most: number) => {
  const alarms = new Set<() => void>()
  const turns = createTurns({
    most,
    patienceMs: 1000,
    after: (_ms, run) => {
      alarms.add(run)
      return () => void alarms.delete(run)
    },
  })
  const begun: string[] = []
  const take = (name: string) => {
    let end = (_how: 'well' | 'badly'): void => undefined
    const work = new Promise<string>((resolve, reject) => {
      end = how => (how === 'well' ? resolve(name) : reject(new Error(name)))
    })
    const taken = turns.take(() => {
      begun.push(name)
      return work
    })
    taken.catch(() => undefined)
    return { taken, end }
  }
  return { take, begun, alarms, ring: () => alarms.forEach(run => void run()) }
}

const settled = () => new Promise(resolve => setImmediate(resolve))

describe('turns', () => {
  it('are taken by so many at once, and then in the order of coming', async () => {
    const { take, begun } = scene(2)
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(take)
    await settled()
    expect(begun).toEqual(['a', 'b'])
    b?.end('well')
    await settled()
    expect(begun).toEqual(['a', 'b', 'c'])
    a?.end('badly')
    await settled()
    expect(begun).toEqual(['a', 'b', 'c', 'd'])
    c?.end('well')
    d?.end('well')
    expect(await b?.taken).toEqual({ value: 'b' })
    await expect(a?.taken).rejects.toThrow('a')
  })

  it('do not come for ever: who waited long enough is told, and his work is not begun', async () => {
    const { take, begun, ring, alarms } = scene(1)
    const a = take('a')
    const b = take('b')
    await settled()
    ring()
    expect(await b.taken).toBeNull()
    a.end('well')
    await settled()
    expect(begun).toEqual(['a'])
    const c = take('c')
    c.end('well')
    expect(await c.taken).toEqual({ value: 'c' })
    expect(alarms.size).toBeLessThanOrEqual(1)
  })
})
