import { keyFromSeed } from '@llmstatus/shared/identity'
import { describe, expect, test } from 'vitest'
import { type CrashDisk, createDisk } from '../../test/crash-disk.ts'
import { knownIdentity, testLine } from '../../test/known-identity.ts'
import { createModelAggregator } from '../../test/model-aggregator.ts'
import { drain, openOn, sendNext } from '../../test/open-spool.ts'
import { leaveAsk } from './asks.ts'
import { loadIdentity } from './identity-file.ts'

const startMs = Date.UTC(2026, 0, 1)
const dayMs = 24 * 3_600_000

const lines = (count: number, from = 0) => Array.from({ length: count }, (_, index) => testLine(from + index))

/** Keys and spool on one disk, as after a start. */
const start = async (disk: CrashDisk, nowMs = startMs) => {
  const known = await knownIdentity({ files: disk.files, nowMs: () => nowMs })
  return { ...known, ...(await openOn(disk, { nowMs: () => nowMs, maxBytes: 1 << 18 })) }
}

const meet = async () => {
  const { aggregatorKey, prober } = await knownIdentity()
  return createModelAggregator({ key: aggregatorKey, prober: () => prober })
}

const identityOn = async (disk: CrashDisk) => {
  const identity = await loadIdentity(disk.files)
  if (identity === null) throw new Error('no identity')
  return identity
}

describe("a prober's key", () => {
  test('is followed by another after 180 days, and signs until a receipt says that the other one may', async () => {
    const disk = createDisk()
    const aggregator = await meet()
    const young = await start(disk, startMs + 180 * dayMs)
    await young.keys.tend()
    expect((await identityOn(disk)).successor).toBeNull()

    const run = await start(disk, startMs + 180 * dayMs + 1000)
    await run.keys.tend()
    const before = await identityOn(disk)
    expect(before.successor?.kid).not.toBe(before.key.kid)
    await run.spool.append(lines(1))
    expect(await sendNext(run.spool, run.notary, aggregator)).toBe('freed')
    const after = await identityOn(disk)
    expect([after.key.kid, after.successor]).toEqual([before.successor?.kid, null])
    expect(after.former.map(({ kid }) => kid)).toEqual([before.key.kid])
    await drain(run.spool, run.notary, aggregator)
    expect(aggregator.proberKid()).toBe(after.key.kid)
    expect(aggregator.lines()).toEqual(lines(1))
    await run.keys.tend()
    expect((await identityOn(disk)).successor).toBeNull()
    expect(run.changes.map(({ change }) => change)).toEqual(['rotating', 'rotated'])
  })

  test('is followed by another when somebody asks, once', async () => {
    const disk = createDisk()
    const run = await start(disk)
    await leaveAsk(disk.files, 'rotate')
    await run.keys.tend()
    const { successor } = await identityOn(disk)
    expect(successor).not.toBeNull()
    await leaveAsk(disk.files, 'rotate')
    await run.keys.tend()
    expect((await identityOn(disk)).successor?.kid).toBe(successor?.kid)
    expect(disk.names()).not.toContain('rotate.ask')
  })

  test('goes on signing when the aggregator does not take the next one, and results are not held up by that', async () => {
    const disk = createDisk()
    const aggregator = await meet()
    const run = await start(disk)
    await leaveAsk(disk.files, 'rotate')
    await run.keys.tend()
    await run.spool.append(lines(2))
    const refusing = {
      take: async (jws: string, body: Uint8Array) =>
        headerOf(jws).includes('rotate') ? { status: 422, body: { code: 'bad_claims' } } : aggregator.take(jws, body),
    }
    expect(await drain(run.spool, run.notary, refusing)).toEqual(['refused', 'nothing'])
    expect(aggregator.lines()).toEqual(lines(2))
    expect((await identityOn(disk)).successor).toBeNull()
    expect(run.changes.map(({ change }) => change)).toEqual(['rotating', 'refused'])
  })

  test('that an aggregator from a backup does not know is told to it again', async () => {
    const disk = createDisk()
    const aggregator = await meet()
    const run = await start(disk)
    for (let index = 0; index < 4; index++) {
      if (index === 2) await leaveAsk(disk.files, 'rotate')
      await run.keys.tend()
      await run.spool.append(lines(1, index))
      await drain(run.spool, run.notary, aggregator)
    }
    expect(aggregator.seqs()).toEqual([1, 2, 3, 4, 5])
    aggregator.forgetAfter(1)
    await run.spool.append(lines(1, 4))
    expect(await drain(run.spool, run.notary, aggregator)).toEqual(['resending', 'resending', 'nothing'])
    expect(aggregator.seqs()).toEqual([1, 2, 3, 4, 5, 6])
    expect(aggregator.lines()).toEqual(lines(5))
  })

  test('that nobody knows is not told again and again', async () => {
    const disk = createDisk()
    const run = await start(disk)
    await leaveAsk(disk.files, 'rotate')
    await run.keys.tend()
    await run.spool.append(lines(1))
    await drain(run.spool, run.notary, await meet())
    const stranger = createModelAggregator({ key: run.aggregatorKey, prober: () => null })
    await run.spool.append(lines(1, 1))
    expect(await drain(run.spool, run.notary, stranger)).toEqual(['resending', 'unknown_key'])
  })
})

describe('power cuts while a key is followed by another', () => {
  interface World {
    readonly aggregator: Awaited<ReturnType<typeof meet>>
    readonly acknowledged: string[]
    /** A line that nobody acknowledged may have survived all the same. */
    readonly offered: Iterator<number>
  }
  const world = async (): Promise<World> => ({ aggregator: await meet(), acknowledged: [], offered: Array(20).keys() })

  const story = async (disk: CrashDisk, { aggregator, acknowledged, offered }: World) => {
    const run = await start(disk)
    const say = async () => {
      const line = testLine(offered.next().value ?? 0)
      await run.spool.append([line])
      acknowledged.push(line)
    }
    await say()
    await drain(run.spool, run.notary, aggregator)
    await leaveAsk(disk.files, 'rotate')
    await run.keys.tend()
    await say()
    const flight = await run.spool.next(run.notary)
    if (flight !== null) await aggregator.take(flight.jws, flight.body)
    await drain(run.spool, run.notary, aggregator)
    await say()
    await drain(run.spool, run.notary, aggregator)
    await run.spool.close()
    return run
  }

  test('every one leaves a prober whose key the aggregator knows, and every result there once', {
    timeout: 60_000,
  }, async () => {
    const measured = createDisk()
    await story(measured, await world())
    const operations = measured.operations()
    const every = process.env.TEST_LONG === '1' ? 1 : 3
    for (const most of [0, 1])
      for (let cut = 1 + most; cut <= operations; cut += every) {
        const there = await world()
        const { aggregator, acknowledged } = there
        const disk = createDisk()
        disk.failAt(cut)
        await story(disk, there).catch(error => {
          if (!String(error).includes('power')) throw error
        })
        const left = disk.crash(limit => limit * most)
        await story(left, there)
        const { key, successor } = await identityOn(left)
        expect(successor).toBeNull()
        expect(aggregator.proberKid()).toBe(key.kid)
        expect(new Set(aggregator.lines()).size).toBe(aggregator.lines().length)
        expect(aggregator.lines()).toEqual(expect.arrayContaining(acknowledged))
        expect(aggregator.gaps()).toEqual([])
      }
  })
})

describe("the aggregator's key", () => {
  const successor = () => keyFromSeed(new Uint8Array(32).fill(9))
  const second = () => keyFromSeed(new Uint8Array(32).fill(10))

  test('is followed by the one that it names: pinned, then meant, and the old one is let go once that has signed', async () => {
    const disk = createDisk()
    const aggregator = await meet()
    const run = await start(disk)
    const say = async (index: number) => {
      await run.spool.append(lines(1, index))
      return drain(run.spool, run.notary, aggregator)
    }
    await say(0)
    const next = await successor()
    aggregator.announce(next)
    await say(1)
    expect((await identityOn(disk)).aggregator.next?.kid).toBe(next.kid)
    await say(2)
    const { aggregator: pinned } = await identityOn(disk)
    expect([pinned.key.kid, pinned.next]).toEqual([next.kid, null])
    expect(pinned.former.map(({ kid }) => kid)).toEqual([run.aggregatorKey.kid])
    aggregator.announce(await second())
    for (const index of [3, 4, 5]) await say(index)
    expect((await identityOn(disk)).aggregator.key.kid).toBe((await second()).kid)
    expect(aggregator.lines()).toEqual(lines(6))
    expect(run.changes.map(({ change }) => change)).toEqual([
      'aggregator_next',
      'aggregator_changed',
      'aggregator_next',
      'aggregator_changed',
    ])
  })

  test('is pinned across a restart, and what was in flight goes out as it was signed', async () => {
    const disk = createDisk()
    const aggregator = await meet()
    const run = await start(disk)
    await run.spool.append(lines(1))
    await drain(run.spool, run.notary, aggregator)
    await run.spool.append(lines(1, 1))
    const flight = await run.spool.next(run.notary)
    aggregator.announce(await successor())
    const again = await start(disk)
    expect((await again.spool.next(again.notary))?.jws).toBe(flight?.jws)
    await drain(again.spool, again.notary, aggregator)
    const third = await start(disk)
    await third.spool.append(lines(1, 2))
    await drain(third.spool, third.notary, aggregator)
    expect((await identityOn(disk)).aggregator.key.kid).toBe((await successor()).kid)
    expect(aggregator.lines()).toEqual(lines(3))
  })

  test('that cannot be written down is named again by the next receipt, and frees what it frees', async () => {
    const disk = createDisk()
    const aggregator = await meet()
    const run = await start(disk)
    aggregator.announce(await successor())
    await run.spool.append(lines(1))
    const flight = await run.spool.next(run.notary)
    const { body } = await aggregator.take(flight?.jws ?? '', flight?.body ?? new Uint8Array())
    const { create } = disk.files
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
    Object.assign(disk.files, {
      create: (name: string) => (name.startsWith('identity') ? Promise.reject(full) : create(name)),
    })
    expect(await run.spool.settle(run.notary, String(body.receipt))).toBe('freed')
    expect((await identityOn(disk)).aggregator.next).toBeNull()
    Object.assign(disk.files, { create })
    await run.spool.append(lines(1, 1))
    await drain(run.spool, run.notary, aggregator)
    expect((await identityOn(disk)).aggregator.next).not.toBeNull()
  })
})

const headerOf = (jws: string): string => Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString()
