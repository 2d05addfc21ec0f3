import { describe, expect, test } from 'vitest'
import { type CrashDisk, createDisk } from '../../test/crash-disk.ts'
import { knownIdentity, testLine } from '../../test/known-identity.ts'
import { createModelAggregator, type ModelAggregator } from '../../test/model-aggregator.ts'
import { replaceFile } from './files.ts'
import type { Notary } from './flight.ts'
import { openSpool, type Spool } from './spool.ts'

/**
 * The power goes at every single operation of a long story, unsynced bytes and names survive at random, and the story
 * goes on from what is left. Whatever was acknowledged is at the aggregator exactly once, or named as lost; and what the
 * logs and the checkpoint say together is everything that was acknowledged.
 */

/** Small, so that a short story fills, seals and drops segments. */
const roomy = 1 << 20
const tight = 20_000

const stories = {
  'sends, loses receipts, and lets segments fill up': { maxBytes: roomy, steps: 'aSaLaaaaaaaaaaaaaaaaaaaaLSSaSSSa' },
  'is refused now and then': { maxBytes: roomy, steps: 'aSaRaSaaSaaLaRSSSaaR' },
  'meets an aggregator that is restored from a backup': { maxBytes: roomy, steps: 'aSaSaSBaSLaSaSSBaLSSaSBSSS' },
  'is full and drops the oldest': { maxBytes: tight, steps: 'aSaaaaaaaaLaaaaaaaaSSaaaaS' },
} as const

const random = (seed: number) => {
  let state = seed * 2_654_435_761 + 1
  return (most: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return Math.floor((state / 2 ** 32) * (most + 1))
  }
}

interface World {
  disk: CrashDisk
  acknowledged: string[]
  offered: number
}

const start = async (world: World, maxBytes: number): Promise<Spool> => {
  const { files } = world.disk
  const names = (await files.list()).map(({ name }) => name)
  const saved: string[] = names.includes('marks') ? JSON.parse((await files.read('marks')).toString()) : []
  const marks = new Set(saved)
  const opened = await openSpool({
    files,
    quarantine: createDisk().files,
    maxBytes,
    nowMs: () => 0,
    onDurable: lines => {
      for (const line of lines) marks.add(line)
    },
    checkpoint: () => replaceFile(files, 'marks', Buffer.from(JSON.stringify([...marks]))),
    onLoss: () => undefined,
  })
  for (const line of opened.tail) marks.add(line)
  expect(world.acknowledged.filter(line => !marks.has(line))).toEqual([])
  return opened.spool
}

interface Parties {
  readonly notary: Notary
  readonly aggregator: ModelAggregator
}

const act = async (step: string, world: World, spool: Spool, { notary, aggregator }: Parties): Promise<void> => {
  if (step === 'a') {
    const lines = [testLine(world.offered++, 900), testLine(world.offered++, 900)]
    await spool.append(lines)
    world.acknowledged.push(...lines)
    return
  }
  if (step === 'B') return aggregator.forgetAfter(aggregator.head().seq - 2)
  const flight = await spool.next(notary)
  if (flight === null) return
  // An honest aggregator never refuses what it has.
  if (step === 'R' && flight.seq > aggregator.head().seq) return spool.refuse(notary, flight)
  const { status, body } = await aggregator.take(flight.jws, flight.body)
  if (status === 409) {
    await spool.reposition({ expectedSeq: Number(body.expected_seq), head: String(body.head) })
    return
  }
  expect([200, 201]).toContain(status)
  if (step !== 'L') expect(await spool.settle(notary, String(body.receipt))).toBe('freed')
}

const live = async (steps: string, world: World, maxBytes: number, parties: Parties): Promise<void> => {
  const spool = await start(world, maxBytes)
  for (const step of steps) await act(step, world, spool, parties)
  while ((await spool.next(parties.notary)) !== null) await act('S', world, spool, parties)
  await spool.close()
}

const isPowerCut = (error: unknown): boolean => error instanceof Error && error.message === 'the power is gone'

const check = ({ acknowledged, offered }: World, aggregator: ModelAggregator): void => {
  const arrived = aggregator.lines()
  expect(aggregator.head().seq).toBeGreaterThan(0)
  const lost = aggregator.gaps().reduce((sum, gap) => sum + gap.lost, 0)
  expect(new Set(arrived).size).toBe(arrived.length)
  // What was acknowledged in the moment of a cut may not be kept: the gap names its numbers, and nobody knows how many lines.
  if (aggregator.gaps().some(({ reason }) => reason === 'aggregator_rewound')) return
  const missing = acknowledged.filter(line => !arrived.includes(line)).length
  expect(missing).toBeLessThanOrEqual(lost)
  expect(arrived.length + lost).toBeLessThanOrEqual(offered)
}

const long = process.env.TEST_LONG === '1'

describe('power cuts', () => {
  for (const [name, { steps, maxBytes }] of Object.entries(stories))
    test(`a story that ${name} survives one at every operation`, { timeout: long ? 900_000 : 120_000 }, async () => {
      const identity = await knownIdentity()
      const run = async (cuts: readonly number[], seed: number): Promise<number> => {
        const choose = random(seed)
        const aggregator = createModelAggregator({ key: identity.aggregatorKey, prober: () => identity.prober })
        const parties = { notary: identity.notary, aggregator }
        const world: World = { disk: createDisk(), acknowledged: [], offered: 0 }
        for (const cut of cuts) {
          world.disk.failAt(cut)
          await live(steps, world, maxBytes, parties).catch(error => {
            if (!isPowerCut(error)) throw error
          })
          world.disk = world.disk.crash(choose)
        }
        await live(steps, world, maxBytes, parties)
        if (cuts.length === 0) expect(aggregator.gaps().filter(gap => gap.reason === 'aggregator_rewound')).toEqual([])
        check(world, aggregator)
        return world.disk.operations()
      }
      const operations = await run([], 0)
      expect(operations).toBeGreaterThan(50)
      const every = long ? 1 : Math.ceil(operations / 15)
      for (let cut = 1; cut <= operations; cut += every) await run([cut], cut)
      for (let seed = 1; seed <= (long ? 300 : 6); seed++) {
        const choose = random(seed)
        await run([1 + choose(operations), 1 + choose(30), 1 + choose(operations)], seed)
      }
    })
})
