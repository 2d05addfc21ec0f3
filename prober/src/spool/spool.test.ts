import { describe, expect, test } from 'vitest'
import { type CrashDisk, createDisk } from '../../test/crash-disk.ts'
import { knownIdentity, testLine } from '../../test/known-identity.ts'
import { createModelAggregator, type ModelAggregator } from '../../test/model-aggregator.ts'
import type { Notary } from './flight.ts'
import type { Loss } from './loss.ts'
import { openSpool, type Spool } from './spool.ts'

const mib = 1 << 20

const open = async (
  disk: CrashDisk,
  options: {
    readonly maxBytes?: number
    readonly checkpoint?: () => Promise<void>
    readonly nowMs?: () => number
  } = {},
) => {
  const losses: Loss[] = []
  const durable: string[] = []
  const quarantine = createDisk()
  const opened = await openSpool({
    files: disk.files,
    quarantine: quarantine.files,
    maxBytes: options.maxBytes ?? 64 * mib,
    nowMs: options.nowMs ?? (() => 0),
    onDurable: lines => durable.push(...lines),
    checkpoint: options.checkpoint ?? (async () => undefined),
    onLoss: loss => losses.push(loss),
  })
  return { ...opened, losses, durable, quarantine }
}

const meet = async () => {
  const { notary, aggregatorKey, prober } = await knownIdentity()
  return { notary, aggregator: createModelAggregator({ key: aggregatorKey, prober: () => prober }) }
}

/** Sends until nothing is left. */
const drain = async (spool: Spool, notary: Notary, aggregator: ModelAggregator): Promise<void> => {
  for (let flights = 0; flights < 200; flights++) {
    const flight = await spool.next(notary)
    if (flight === null) return
    const { status, body } = await aggregator.take(flight.jws, flight.body)
    expect([200, 201]).toContain(status)
    expect(await spool.settle(notary, String(body.receipt))).toBe('freed')
  }
  throw new Error('it never ends')
}

const lines = (count: number, from = 0) => Array.from({ length: count }, (_, index) => testLine(from + index))

/** Letters that gzip cannot shrink much. */
const noisyLine = (index: number): string => {
  let seed = index + 1
  const noise = Array.from({ length: 12_000 }, () => {
    seed = (seed * 48_271) % 2_147_483_647
    return String.fromCharCode(40 + (seed % 50))
  }).join('')
  return JSON.stringify({ id: index, at: '2026-01-01T00:00:00.000Z', noise })
}

describe('the spool', () => {
  test('what was appended arrives once, in order, and of its files the acknowledged records stay for a day', async () => {
    const disk = createDisk()
    const { spool } = await open(disk)
    const { notary, aggregator } = await meet()
    await spool.append(lines(3))
    await drain(spool, notary, aggregator)
    await spool.append(lines(2, 3))
    await drain(spool, notary, aggregator)
    await spool.close()
    expect(aggregator.lines()).toEqual(lines(5))
    expect(disk.names().toSorted()).toEqual(['0000000001-0.kept', 'reserve', 'state.a', 'state.b'])
  })

  test('an empty spool has nothing to send', async () => {
    const { spool } = await open(createDisk())
    expect(await spool.next((await meet()).notary)).toBeNull()
  })

  test('appends that wait together share one fsync', async () => {
    const disk = createDisk()
    const { spool } = await open(disk)
    await spool.append(lines(1))
    const before = disk.operations()
    await Promise.all(lines(50, 1).map(line => spool.append([line])))
    expect(disk.operations() - before).toBe(2)
  })

  test('the record in flight is the same bytes until its receipt, also after a restart', async () => {
    const disk = createDisk()
    const { notary } = await meet()
    const { spool } = await open(disk)
    await spool.append(lines(3))
    const first = await spool.next(notary)
    await spool.append(lines(3, 3))
    expect(await spool.next(notary)).toEqual(first)
    const again = await open(disk.crash(() => 0))
    expect(await again.spool.next(notary)).toEqual(first)
  })

  test('only a receipt of this aggregator for this very record frees it', async () => {
    const { spool } = await open(createDisk())
    const { notary, aggregator } = await meet()
    await spool.append(lines(1))
    const first = await spool.next(notary)
    if (first === null) throw new Error('nothing to send')
    const { body } = await aggregator.take(first.jws, first.body)
    const receipt = String(body.receipt)
    for (const wrong of ['', 'x', `${receipt}x`, first.jws])
      expect(await spool.settle(notary, wrong)).toBe('bad_receipt')
    expect(await spool.settle(notary, receipt)).toBe('freed')
    await spool.append(lines(1, 1))
    await spool.next(notary)
    expect(await spool.settle(notary, receipt)).toBe('bad_receipt')
  })

  test('a segment at its limit is closed and packed while another batch is in flight', async () => {
    const disk = createDisk()
    const { spool } = await open(disk)
    const { notary, aggregator } = await meet()
    await spool.append(lines(1))
    await spool.next(notary)
    await spool.append(lines(4500, 1))
    expect(disk.names().filter(name => name.endsWith('.batch'))).toHaveLength(3)
    await drain(spool, notary, aggregator)
    expect(aggregator.lines()).toEqual(lines(4501))
    expect(aggregator.head().seq).toBe(4)
  })

  test('a full spool drops the oldest but never what is in flight, and a signed gap says how much', async () => {
    const disk = createDisk()
    const { spool, losses } = await open(disk, { maxBytes: 2 * mib })
    const { notary, aggregator } = await meet()
    await spool.append([noisyLine(0)])
    await spool.next(notary)
    const all = Array.from({ length: 400 }, (_, index) => noisyLine(index + 1))
    for (const line of all) await spool.append([line])
    expect(spool.status().sizeBytes).toBeLessThanOrEqual(2 * mib)
    await drain(spool, notary, aggregator)
    const lost = losses.reduce((sum, loss) => sum + loss.lost, 0)
    expect(lost).toBeGreaterThan(0)
    expect(aggregator.lines()).toEqual([noisyLine(0), ...all.slice(lost)])
    expect(aggregator.gaps()).toEqual([expect.objectContaining({ reason: 'spool_full', lost, from_seq: 2, to_seq: 1 })])
  })

  test('a refused batch is set aside, and the gap that follows covers its number', async () => {
    const { spool, quarantine, losses } = await open(createDisk())
    const { notary, aggregator } = await meet()
    await spool.append(lines(2))
    const flight = await spool.next(notary)
    if (flight === null) throw new Error('nothing to send')
    await spool.refuse(notary, flight)
    await spool.append(lines(1, 2))
    await drain(spool, notary, aggregator)
    expect(aggregator.lines()).toEqual(lines(1, 2))
    expect(aggregator.gaps()).toEqual([
      expect.objectContaining({ from_seq: 1, to_seq: 1, lost: 2, reason: 'rejected' }),
    ])
    expect(losses).toEqual([expect.objectContaining({ reason: 'rejected', lost: 2 })])
    expect(quarantine.names().toSorted()).toEqual(['0000000001.batch', '0000000001.jws'])
    expect(quarantine.bytes('0000000001.batch')).toEqual(Buffer.from(flight.body))
  })

  test('a refused gap record is explained by the next one', async () => {
    const { spool } = await open(createDisk())
    const { notary, aggregator } = await meet()
    await spool.append(lines(2))
    for (let refusals = 0; refusals < 2; refusals++) {
      const flight = await spool.next(notary)
      if (flight !== null) await spool.refuse(notary, flight)
    }
    await drain(spool, notary, aggregator)
    expect(aggregator.gaps()).toEqual([
      expect.objectContaining({ from_seq: 1, to_seq: 2, lost: 2, reason: 'rejected' }),
    ])
  })

  test('another identity starts its own chain with what was not yet receipted', async () => {
    const { spool } = await open(createDisk())
    const { notary, aggregator } = await meet()
    await spool.append(lines(1))
    await drain(
      spool,
      { ...notary, prober: '01900000-0000-7000-8000-000000000001' as Notary['prober'] },
      {
        ...aggregator,
        take: async () => ({ status: 201, body: {} }),
      },
    ).catch(() => undefined)
    await drain(spool, notary, aggregator)
    expect(aggregator.lines()).toEqual(lines(1))
  })
})

describe('after damage', () => {
  test('a damaged record is dropped and counted, and the others arrive', async () => {
    const disk = createDisk()
    const before = await open(disk)
    await before.spool.append(lines(5))
    const log = disk.bytes('0000000001.log')
    const at = log.indexOf('line-2')
    log[at] = (log[at] ?? 0) ^ 4
    const { spool, losses } = await open(disk)
    const { notary, aggregator } = await meet()
    await drain(spool, notary, aggregator)
    expect(aggregator.lines()).toEqual([...lines(2), ...lines(2, 3)])
    expect(aggregator.gaps()).toEqual([expect.objectContaining({ reason: 'corrupt', lost: 1, from_seq: 2, to_seq: 1 })])
    expect(losses).toEqual([expect.objectContaining({ reason: 'corrupt', lost: 1 })])
  })

  test('a log without a single good record is a counted loss', async () => {
    const disk = createDisk()
    await (await open(disk)).spool.append(lines(1))
    const log = disk.bytes('0000000001.log')
    log[0] = 0
    const { spool } = await open(disk)
    const { notary, aggregator } = await meet()
    await drain(spool, notary, aggregator)
    expect(aggregator.gaps()).toEqual([expect.objectContaining({ reason: 'corrupt', lost: 1 })])
  })

  test('a damaged body is a counted loss, before and after it was signed', async () => {
    for (const signed of [false, true]) {
      const disk = createDisk()
      const { notary, aggregator } = await meet()
      const before = await open(disk)
      await before.spool.append(lines(2))
      await before.spool
        .next({ ...notary, sign: signed ? notary.sign : () => Promise.reject(new Error('not now')) })
        .catch(() => null)
      const body = disk.bytes('0000000001-2-0.batch')
      body[20] = (body[20] ?? 0) ^ 1
      const { spool } = await open(disk)
      await spool.append(lines(1, 2))
      await drain(spool, notary, aggregator)
      expect(aggregator.lines()).toEqual(lines(1, 2))
      const range = signed ? { from_seq: 1, to_seq: 1 } : { from_seq: 1, to_seq: 0 }
      expect(aggregator.gaps()).toEqual([expect.objectContaining({ reason: 'corrupt', lost: 2, ...range })])
    }
  })

  test('an empty log and half a body are nothing', async () => {
    const disk = createDisk(
      new Map([
        ['0000000004.log', Buffer.alloc(0)],
        ['0000000003-1-0.batch.tmp', Buffer.from('half')],
      ]),
    )
    const { spool } = await open(disk)
    const { notary, aggregator } = await meet()
    await drain(spool, notary, aggregator)
    await spool.append(lines(1))
    await drain(spool, notary, aggregator)
    await spool.close()
    expect(aggregator.lines()).toEqual(lines(1))
    expect(disk.names().toSorted()).toEqual(['0000000001-0.kept', 'reserve', 'state.a', 'state.b'])
  })

  test('a disk that is full loses what it could not take, says so, and goes on when there is room', async () => {
    const disk = createDisk()
    const { spool } = await open(disk)
    const { notary, aggregator } = await meet()
    await spool.append(lines(2))
    disk.failAt(disk.operations() + 1, Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }))
    await expect(spool.append(lines(3, 2))).rejects.toThrow('ENOSPC')
    expect(spool.status().writable).toBe(false)
    disk.heal()
    await spool.append(lines(1, 5))
    expect(spool.status().writable).toBe(true)
    await drain(spool, notary, aggregator)
    expect(aggregator.lines()).toEqual([...lines(2), ...lines(1, 5)])
    expect(aggregator.gaps()).toEqual([expect.objectContaining({ reason: 'spool_full', lost: 3 })])
  })

  test('the tail of an earlier run is there to be read until a checkpoint covers it', async () => {
    const disk = createDisk()
    const { notary, aggregator } = await meet()
    const before = await open(disk)
    await before.spool.append(lines(2))
    await drain(before.spool, notary, aggregator)
    await before.spool.append(lines(1, 2))
    const after = await open(disk.crash(() => 1))
    expect(after.tail).toEqual(lines(3))
    await drain(after.spool, notary, aggregator)
    expect(aggregator.lines()).toEqual(lines(3))
  })
})

test('what waits says since when, over a restart too, and nothing waits behind the last receipt', async () => {
  const { notary, aggregator } = await meet()
  const disk = createDisk()
  let nowMs = Date.UTC(2026, 0, 2)
  const first = await open(disk, { nowMs: () => nowMs })
  expect(first.spool.status().waitingSinceMs).toBeNull()
  await first.spool.append(lines(2))
  nowMs += 1000
  await first.spool.append(lines(1, 2))
  expect(first.spool.status().waitingSinceMs).toBe(nowMs - 1000)
  await first.spool.next(notary)
  expect(first.spool.status().waitingSinceMs).toBe(nowMs - 1000)
  await first.spool.close()

  const second = await open(disk, { nowMs: () => nowMs + 5000 })
  expect(second.spool.status().waitingSinceMs).toBe(Date.parse(JSON.parse(testLine(0)).at))
  await drain(second.spool, notary, aggregator)
  expect(second.spool.status().waitingSinceMs).toBeNull()
})
