import { noBody } from '@llmstatus/shared/batch'
import { describe, expect, test } from 'vitest'
import { createDisk } from '../../test/crash-disk.ts'
import { createFakeAggregator, type Fault } from '../../test/fake-aggregator.ts'
import { createFakeClock } from '../../test/fake-clock.ts'
import { knownIdentity, testLine } from '../../test/known-identity.ts'
import { spanOf } from '../spool/body.ts'
import { openSpool } from '../spool/spool.ts'
import { leaveAsk, takeAsk } from './asks.ts'
import type { ReportNews } from './send-one.ts'
import { startSender } from './sender.ts'

const startMs = Date.UTC(2026, 0, 1)

const setUp = async (options: { readonly pending?: boolean } = {}) => {
  const fake = createFakeClock(startMs, { sleepers: 1 })
  const asks = createDisk().files
  const { notary, keys, prober } = await knownIdentity({ files: asks, nowMs: fake.clock.nowMs })
  const aggregator = await createFakeAggregator(fake.clock.nowMs)
  aggregator.know(prober.id, prober.key)
  const { spool } = await openSpool({
    files: createDisk().files,
    quarantine: createDisk().files,
    maxBytes: 1 << 24,
    nowMs: fake.clock.nowMs,
    onDurable: () => undefined,
    checkpoint: async () => undefined,
    onLoss: () => undefined,
  })
  const news: ReportNews[] = []
  const start = () =>
    startSender({
      spool,
      notary,
      door: aggregator.door,
      clock: fake.clock,
      wait: fake.wait,
      random: () => 0.5,
      tell: each => news.push(each),
      asked: (ask, work) => takeAsk(asks, ask, work),
      tend: keys.tend,
      pending: options.pending ?? false,
    })
  let count = 0
  const append = async (sender: { wake: () => void }) => {
    await spool.append([testLine(count++)])
    sender.wake()
  }
  const told = (kind: ReportNews['news']) => news.filter(each => each.news === kind)
  return { ...fake, asks, aggregator, spool, start, append, told, sent: () => aggregator.model.lines() }
}

const lines = (count: number) => Array.from({ length: count }, (_, index) => testLine(index))

describe('the sender', () => {
  test('a fresh line is at the aggregator at once, and what follows within a second', async () => {
    const run = await setUp()
    const sender = run.start()
    await run.append(sender)
    await run.pass(10)
    expect(run.sent()).toEqual(lines(1))
    for (let each = 0; each < 5; each++) await run.append(sender)
    await run.pass(100)
    expect(run.sent()).toEqual(lines(1))
    await run.pass(900)
    expect(run.sent()).toEqual(lines(6))
    expect(run.aggregator.model.head().seq).toBe(2)
  })

  test('whatever happens on the way, each line arrives once', async () => {
    const run = await setUp()
    const faults: Fault[] = ['cut', 'answer_lost', 'html_200', 'busy', 'answer_lost', 'none']
    let requests = 0
    run.aggregator.faults(() => faults[requests++ % faults.length] ?? 'none')
    const sender = run.start()
    for (let each = 0; each < 60; each++) {
      await run.append(sender)
      await run.pass(1000)
    }
    await run.pass(120_000)
    expect(run.sent()).toEqual(lines(60))
    expect(run.aggregator.model.gaps()).toEqual([])
    expect(requests).toBeGreaterThan(20)
  })

  test('an aggregator that says when is not asked before, and new lines change nothing about that', async () => {
    const run = await setUp()
    run.aggregator.faults(() => 'busy')
    const sender = run.start()
    await run.append(sender)
    for (let each = 0; each < 6; each++) {
      await run.pass(1000)
      await run.append(sender)
    }
    expect(run.aggregator.requests()).toHaveLength(1)
    await run.pass(1500)
    expect(run.aggregator.requests()).toHaveLength(2)
  })

  test('an aggregator that is away is asked less and less often, and at least every half minute', async () => {
    const run = await setUp()
    run.aggregator.faults(() => 'cut')
    const sender = run.start()
    await run.append(sender)
    await run.pass(10 * 60_000)
    expect(run.aggregator.requests().length).toBeGreaterThan(20)
    expect(run.aggregator.requests().length).toBeLessThan(45)
    run.aggregator.faults(() => 'none')
    await run.pass(30_000)
    expect(run.sent()).toEqual(lines(1))
  })

  test('a prober that waits for approval asks for that alone, and sends all when it has it', async () => {
    const run = await setUp({ pending: true })
    run.aggregator.set('pending')
    const sender = run.start()
    await run.append(sender)
    await run.append(sender)
    await run.pass(20_000)
    expect(new Set(run.aggregator.requests().map(request => request.split(' ')[0]))).toEqual(new Set(['GET']))
    run.aggregator.set('approved')
    await run.pass(6000)
    expect(run.sent()).toEqual(lines(2))
    expect(run.told('approved')).toHaveLength(1)
  })

  test('a prober that is not approved any more goes back to asking', async () => {
    const run = await setUp()
    const sender = run.start()
    run.aggregator.set('pending')
    await run.append(sender)
    await run.pass(10_000)
    expect(run.told('waiting')).toEqual([{ news: 'waiting', code: 'not_approved' }])
    run.aggregator.set('approved')
    await run.pass(6000)
    expect(run.sent()).toEqual(lines(1))
  })

  test('a revoked prober knocks once a minute and keeps everything', async () => {
    const run = await setUp()
    run.aggregator.set('revoked')
    const sender = run.start()
    await run.append(sender)
    await run.pass(5 * 60_000)
    expect(run.aggregator.requests().length).toBeLessThanOrEqual(6)
    run.aggregator.set('approved')
    await run.pass(60_000)
    expect(run.sent()).toEqual(lines(1))
  })

  test('behind a fork nothing is sent, and that is said once, until somebody says rewound', async () => {
    const run = await setUp()
    const sender = run.start()
    await run.append(sender)
    await run.pass(10)
    // Somebody with a copy of the key goes on from there first.
    const { notary } = await knownIdentity()
    const clone = {
      seq: 2,
      prev: run.aggregator.model.head().hash,
      spoolBytes: 0,
      body: noBody,
      span: spanOf([]),
      gap: null,
      becomes: null,
      signer: null,
    }
    await run.aggregator.model.take(await notary.sign(clone), noBody.bytes)
    await run.append(sender)
    await run.pass(1000)
    expect(run.told('forked')).toEqual([{ news: 'forked', seq: 2 }])
    const before = run.aggregator.requests().length
    await run.append(sender)
    await run.pass(120_000)
    expect(run.aggregator.requests()).toHaveLength(before)
    expect(run.told('forked')).toHaveLength(1)
    await leaveAsk(run.asks, 'rewound')
    await run.pass(30_000)
    expect(run.sent()).toEqual(lines(3))
    expect(run.aggregator.model.gaps()).toEqual([
      expect.objectContaining({ reason: 'rewound', from_seq: 3, to_seq: 2 }),
    ])
    expect(run.told('rewound')).toHaveLength(1)
    expect(await run.asks.list()).toEqual([expect.objectContaining({ name: 'identity.json' })])
  })

  test('a batch that is refused is followed by a gap and the next one', async () => {
    const run = await setUp()
    let left = 1
    run.aggregator.faults(() => (left-- > 0 ? 'refused' : 'none'))
    const sender = run.start()
    await run.append(sender)
    await run.pass(5000)
    await run.append(sender)
    await run.pass(5000)
    expect(run.sent()).toEqual([testLine(1)])
    expect(run.aggregator.model.gaps()).toEqual([expect.objectContaining({ reason: 'rejected', lost: 1 })])
    expect(run.told('refused')).toEqual([{ news: 'refused', seq: 1, code: 'bad_claims' }])
  })

  test('an aggregator that refuses everything is not hurried', async () => {
    const run = await setUp()
    run.aggregator.faults(() => 'refused')
    const sender = run.start()
    await run.append(sender)
    await run.pass(60_000)
    expect(run.aggregator.requests().length).toBeLessThan(12)
  })

  test('an aggregator from a backup gets what it has lost, and then what is in flight', async () => {
    const run = await setUp()
    const sender = run.start()
    for (let each = 0; each < 3; each++) {
      await run.append(sender)
      await run.pass(1000)
    }
    run.aggregator.model.forgetAfter(1)
    await run.append(sender)
    await run.pass(10_000)
    expect(run.sent()).toEqual(lines(4))
    expect(run.aggregator.model.seqs()).toEqual([1, 2, 3, 4])
    expect(run.aggregator.model.gaps()).toEqual([])
    expect(run.told('resending')).toEqual([{ news: 'resending', seq: 4, expectedSeq: 2 }])
  })

  test('the offset of the two clocks is told', async () => {
    const run = await setUp()
    const sender = run.start()
    await run.append(sender)
    await run.pass(10)
    expect(run.told('offset')).toEqual([{ news: 'offset', offsetMs: 500 }])
  })

  test('on stop everything that can still go goes, without waiting for the second to be over', async () => {
    const run = await setUp()
    const sender = run.start()
    await run.append(sender)
    await run.pass(10)
    await run.append(sender)
    await sender.stop(3000)
    expect(run.sent()).toEqual(lines(2))
  })

  test('on stop an aggregator that is away keeps nobody', async () => {
    const run = await setUp()
    run.aggregator.faults(() => 'cut')
    const sender = run.start()
    await run.append(sender)
    await run.pass(10)
    run.nobodySleeps()
    const stopped = sender.stop(3000)
    await run.pass(3000)
    await stopped
    expect(run.sent()).toEqual([])
  })
})
