import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWorld, type Measured, originOf, type World } from './testing/world.ts'

/** Whatever comes and goes, and whenever: two things never happen. */

const names = ['a', 'b', 'c', 'd']
const runs = process.env.TEST_LONG === '1' ? 2_000 : 40

type Event =
  | { readonly do: 'probe'; readonly name: string }
  | { readonly do: 'toggle' | 'silence'; readonly name: string }
  | { readonly do: 'pass'; readonly ms: number }

const anyName = fc.constantFrom(...names)
const link = fc.constant('*')
const passing = fc.oneof(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 500, max: 60_000 }))
const events = (toggled: fc.Arbitrary<string>): fc.Arbitrary<readonly Event[]> =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('probe' as const), name: anyName }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: passing }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('toggle' as const), name: toggled }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('silence' as const), name: toggled }) },
    ),
    { minLength: 5, maxLength: 40 },
  )

interface Ran {
  readonly world: World
  readonly measured: readonly { readonly origin: string; readonly of: Measured }[]
  /** When the link was away. */
  readonly outages: readonly { readonly fromMs: number; readonly toMs: number }[]
}

const play = async (story: readonly Event[]): Promise<Ran> => {
  const world = createWorld({ names })
  const running: Promise<{ origin: string; of: Measured }>[] = []
  const outages: { fromMs: number; toMs: number }[] = []
  const nowMs = () => world.clock.monoUs() / 1000
  const probe = (name: string): void => {
    running.push(world.run(world.probeOf(name)).then(of => ({ origin: originOf(name), of })))
  }
  names.forEach(probe)
  await world.pass(1_000)
  for (const event of story) {
    if (event.do === 'pass') await world.pass(event.ms)
    else if (event.do === 'probe') probe(event.name)
    else {
      const of = event.do === 'toggle' ? world.away : world.silent
      const key = event.name === '*' ? '*' : originOf(event.name)
      if (of === world.away && key === '*') {
        const last = outages.at(-1)
        if (of.has('*') && last !== undefined) outages[outages.length - 1] = { ...last, toMs: nowMs() }
        else outages.push({ fromMs: nowMs(), toMs: Number.POSITIVE_INFINITY })
      }
      if (!of.delete(key)) of.add(key)
    }
  }
  await world.pass(60_000)
  const measured = await Promise.all(running)
  await world.vantage.stop()
  return { world, measured, outages }
}

describe('whatever comes and goes', () => {
  test('nothing is called ours while anybody answered', async () => {
    await fc.assert(
      fc.asyncProperty(events(fc.oneof(anyName, link)), async story => {
        const { world, measured } = await play(story)
        for (const { of } of measured.filter(({ of: { line } }) => line.outcome === 'vantage_offline')) {
          const fromMs = Math.max(of.startedMs, of.failedMs - 10_000)
          const seen = world.answers.filter(({ toldMs }) => toldMs > fromMs + 100 && toldMs < of.endedMs)
          expect(seen).toEqual([])
        }
      }),
      { numRuns: runs, interruptAfterTimeLimit: 60_000 },
    )
  })

  test('nobody is blamed for what failed and was asked about while the link was away', async () => {
    await fc.assert(
      fc.asyncProperty(events(link), async story => {
        const { measured, outages } = await play(story)
        for (const { of } of measured.filter(({ of: { line } }) => line.outcome !== 'ok')) {
          const wasAway = outages.some(({ fromMs, toMs }) => fromMs <= of.startedMs && of.endedMs <= toMs)
          if (wasAway) expect(of.line.outcome).toBe('vantage_offline')
        }
      }),
      { numRuns: runs, interruptAfterTimeLimit: 60_000 },
    )
  })
})
