import { describe, expect, test } from 'vitest'
import { type CrashDisk, createDisk } from '../../test/crash-disk.ts'
import { knownIdentity, testLine } from '../../test/known-identity.ts'
import { createModelAggregator, type ModelAggregator } from '../../test/model-aggregator.ts'
import { drain, openOn, sendNext } from '../../test/open-spool.ts'
import type { Notary } from './flight.ts'
import { decodeKept, encodeKept } from './kept.ts'

const dayMs = 24 * 3_600_000

const lines = (count: number, from = 0) => Array.from({ length: count }, (_, index) => testLine(from + index))

const meet = async () => {
  const { notary, aggregatorKey, prober } = await knownIdentity()
  return { notary, aggregator: createModelAggregator({ key: aggregatorKey, prober: () => prober }) }
}

/** This many batches of one line each, all of them acknowledged. */
const sent = async (count: number, given: Parameters<typeof openOn>[1] & { readonly disk?: CrashDisk } = {}) => {
  const { disk = createDisk(), ...options } = given
  const met = await meet()
  const opened = await openOn(disk, options)
  const say = async (index: number) => {
    await opened.spool.append([testLine(index)])
    return drain(opened.spool, met.notary, met.aggregator)
  }
  for (let index = 0; index < count; index++) await say(index)
  return { disk, ...met, ...opened, say }
}

describe('an aggregator that was restored from a backup', () => {
  test('gets every record again as it was, from where it stands, and then what is in flight', async () => {
    const { aggregator, say } = await sent(5)
    aggregator.forgetAfter(2)
    expect(await say(5)).toEqual(['resending', 'nothing'])
    expect(aggregator.seqs()).toEqual([1, 2, 3, 4, 5, 6])
    expect(aggregator.lines()).toEqual(lines(6))
  })

  test('gets all of it where nothing was left of it', async () => {
    const { aggregator, say } = await sent(3)
    aggregator.forgetAfter(0)
    await say(3)
    expect(aggregator.lines()).toEqual(lines(4))
  })

  test('gets gap records again too', async () => {
    const { spool, notary, aggregator, say } = await sent(1)
    await spool.append(lines(1, 1))
    const refused = await spool.next(notary)
    if (refused !== null) await spool.refuse(notary, refused)
    await say(2)
    aggregator.forgetAfter(1)
    await say(3)
    expect(aggregator.gaps()).toEqual([expect.objectContaining({ reason: 'rejected', from_seq: 2, to_seq: 2 })])
    expect(aggregator.lines()).toEqual([...lines(1), ...lines(2, 2)])
  })

  test('gets it also from a prober that was restarted meanwhile, and once only when that happens in between', async () => {
    const { disk, notary, aggregator } = await sent(6)
    aggregator.forgetAfter(1)
    const second = await openOn(disk)
    await second.spool.append(lines(1, 6))
    for (let sends = 0; sends < 3; sends++) await sendNext(second.spool, notary, aggregator)
    expect(aggregator.seqs()).toEqual([1, 2, 3])
    const third = await openOn(disk)
    await drain(third.spool, notary, aggregator)
    expect(aggregator.seqs()).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(aggregator.lines()).toEqual(lines(7))
  })

  test('gets it again when it is restored again while that goes on', async () => {
    const { spool, notary, aggregator } = await sent(5)
    aggregator.forgetAfter(2)
    await spool.append(lines(1, 5))
    for (let sends = 0; sends < 3; sends++) await sendNext(spool, notary, aggregator)
    aggregator.forgetAfter(1)
    await drain(spool, notary, aggregator)
    expect(aggregator.seqs()).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('gets a gap record where nothing is kept any more', async () => {
    const { disk, aggregator, say } = await sent(4)
    await disk.files.remove('0000000001-0.kept')
    aggregator.forgetAfter(2)
    expect(await say(4)).toEqual(['gap', 'nothing'])
    expect(aggregator.gaps()).toEqual([
      expect.objectContaining({ reason: 'aggregator_rewound', from_seq: 3, to_seq: 5 }),
    ])
    expect(aggregator.lines()).toEqual([...lines(2), ...lines(1, 4)])
  })

  test('gets what is whole up to a damaged record, and a gap record for the rest', async () => {
    const { disk, aggregator, say } = await sent(6)
    const pack = disk.bytes('0000000001-0.kept')
    const [, second, third] = [...decodeKept(pack)].map(record => encodeKept(record).length)
    const start = [...decodeKept(pack)].slice(0, 3).reduce((sum, record) => sum + encodeKept(record).length, 0)
    expect(second).toBe(third)
    pack[start + 100] = (pack[start + 100] ?? 0) ^ 1
    aggregator.forgetAfter(1)
    expect(await say(6)).toEqual(['resending', 'gap', 'nothing'])
    expect(aggregator.seqs()).toEqual([1, 2, 3, 8, 9])
    expect(aggregator.gaps()).toEqual([expect.objectContaining({ from_seq: 4, to_seq: 7 })])
  })

  test('that refuses what it asked for gets a gap record instead', async () => {
    const { aggregator, spool, notary } = await sent(4)
    aggregator.forgetAfter(1)
    const stubborn: Pick<ModelAggregator, 'take'> = {
      take: async (jws, body) => {
        const answer = await aggregator.take(jws, body)
        if (answer.status !== 201 || body.length === 0 || aggregator.gaps().length > 0) return answer
        aggregator.forgetAfter(1)
        return { status: 422, body: { code: 'bad_gzip' } }
      },
    }
    await spool.append(lines(1, 4))
    expect(await drain(spool, notary, stubborn)).toEqual(['resending', 'refused', 'gap', 'nothing'])
    expect(aggregator.lines()).toEqual([...lines(1), ...lines(1, 4)])
  })

  test('that asks again for what it was just given gets a gap record instead', async () => {
    const { aggregator, spool, notary } = await sent(4)
    aggregator.forgetAfter(1)
    const { hash } = aggregator.head()
    const confused: Pick<ModelAggregator, 'take'> = {
      take: async (jws, body) =>
        body.length > 0 && aggregator.gaps().length === 0
          ? { status: 409, body: { code: 'gap', expected_seq: 2, head: hash } }
          : aggregator.take(jws, body),
    }
    await spool.append(lines(1, 4))
    expect(await drain(spool, notary, confused)).toEqual(['resending', 'gap', 'nothing'])
    expect(aggregator.lines()).toEqual([...lines(1), ...lines(1, 4)])
  })
})

describe('what is kept', () => {
  test('is counted apart, and nothing of it waits to be sent', async () => {
    const { spool } = await sent(3)
    expect(spool.status()).toMatchObject({ backlog: false, forked: false })
    expect(spool.status().keptBytes).toBeGreaterThan(1000)
  })

  test('is gone after a day', async () => {
    let nowMs = 0
    const { disk, spool, say } = await sent(2, { nowMs: () => nowMs })
    nowMs += dayMs
    await say(2)
    expect(disk.names().filter(name => name.endsWith('.kept'))).toEqual([
      '0000000001-0.kept',
      `0000000003-${dayMs}.kept`,
    ])
    nowMs += 2 * 3_600_000
    await say(3)
    expect(disk.names().filter(name => name.endsWith('.kept'))).toHaveLength(2)
    expect(disk.names()).not.toContain('0000000001-0.kept')
    expect(spool.status().keptBytes).toBeGreaterThan(0)
  })

  test('is the first to go when what is new needs the room, and no result is lost for it', async () => {
    const { disk, spool, losses, say } = await sent(0, { maxBytes: 40_000 })
    for (let index = 0; index < 120; index++) await say(index)
    const used = () => spool.status().sizeBytes + spool.status().keptBytes
    expect(used()).toBeGreaterThan(20_000)
    for (let index = 0; index < 100; index++) await spool.append([testLine(index, 200)])
    expect(used()).toBeLessThanOrEqual(35_000)
    expect(disk.names().filter(name => name.endsWith('.kept')).length).toBeLessThan(10)
    expect(losses).toEqual([])
  })

  test('that cannot be written is not kept, and nobody is held up', async () => {
    const disk = createDisk()
    const { notary, aggregator } = await meet()
    const files = {
      ...disk.files,
      create: async (name: string) => {
        if (name.endsWith('.kept')) throw Object.assign(new Error('EIO'), { code: 'EIO' })
        return disk.files.create(name)
      },
    }
    const { spool } = await openOn({ files })
    await spool.append(lines(1))
    expect(await drain(spool, notary, aggregator)).toEqual(['nothing'])
    expect(aggregator.lines()).toEqual(lines(1))
  })

  test('belongs to one identity', async () => {
    const { disk, spool, notary } = await sent(2)
    const other: Notary = { ...notary, prober: '01900000-0000-7000-8000-000000000001' as Notary['prober'] }
    await spool.next(other)
    expect(disk.names().filter(name => name.endsWith('.kept'))).toEqual([])
  })
})

describe('a pack of kept records', () => {
  const records = [1, 2, 3].map(seq => ({ seq, jws: `a${seq}.b.c`, body: Buffer.from(`body ${seq}\n`) }))
  const bytes = Buffer.concat(records.map(encodeKept))

  test('gives back what was kept, and behind a bit that flipped or an end that is torn no record that was not', () => {
    expect([...decodeKept(bytes)]).toEqual(records)
    for (let at = 0; at < bytes.length; at++) {
      const spoilt = Buffer.from(bytes)
      spoilt[at] = (spoilt[at] ?? 0) ^ 1
      for (const pack of [spoilt, bytes.subarray(0, at)]) {
        const read = [...decodeKept(pack)]
        expect(read).toEqual(records.slice(0, read.length))
        expect(read.length).toBeLessThan(3)
      }
    }
  })
})

describe('two histories under one key', () => {
  const forked = async () => {
    const run = await sent(2)
    const yesterday = run.disk.crash(most => most)
    for (let index = 2; index < 5; index++) await run.say(index)
    const restored = await openOn(yesterday)
    await restored.spool.append(lines(1, 100))
    expect(await drain(restored.spool, run.notary, run.aggregator)).toEqual(['forked'])
    return { ...run, ...restored, disk: yesterday }
  }

  test('nothing is sent, also after a restart, and everything is kept', async () => {
    const { disk, spool, notary } = await forked()
    expect(await spool.next(notary)).toBeNull()
    const again = await openOn(disk)
    await again.spool.append(lines(1, 101))
    expect(again.spool.status().forked).toBe(true)
    expect(await again.spool.next(notary)).toBeNull()
  })

  test("rewound takes the aggregator's head and says so in a gap record, and nothing is lost", async () => {
    const { disk, spool, notary, aggregator } = await forked()
    await spool.append(lines(1, 101))
    expect(await spool.rewind()).toBe(true)
    expect(await spool.rewind()).toBe(false)
    const again = await openOn(disk)
    expect(await drain(again.spool, notary, aggregator)).toEqual(['nothing'])
    expect(aggregator.gaps()).toEqual([expect.objectContaining({ reason: 'rewound', from_seq: 6, to_seq: 5, lost: 0 })])
    expect(aggregator.seqs()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(aggregator.lines()).toEqual([...lines(5), ...lines(2, 100)])
  })

  test('a number that was signed in the other history is not signed again', async () => {
    const { spool, notary, aggregator } = await forked()
    await spool.rewind()
    const flight = await spool.next(notary)
    expect(flight?.seq).toBe(aggregator.head().seq + 1)
  })
})
