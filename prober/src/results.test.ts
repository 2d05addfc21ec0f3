import { describe, expect, test } from 'vitest'
import { createDisk } from '../test/crash-disk.ts'
import { knownIdentity } from '../test/known-identity.ts'
import { createModelAggregator } from '../test/model-aggregator.ts'
import { okLine, testProbe } from '../test/test-probe.ts'
import type { Log } from './log.ts'
import { openResults, type Results } from './results.ts'
import { planOf, slotAfter } from './schedule/plan.ts'

const startMs = Date.UTC(2026, 0, 1)
const probe = testProbe()
const plan = planOf(probe, 'seed')
const slotMs = (index: number): number => slotAfter(plan, index === 0 ? startMs : slotMs(index - 1))

const quiet = () => {
  const said: string[] = []
  const note = (...args: unknown[]) => void said.push(String(args.at(-1)))
  return { said, log: { debug: note, info: note, warn: note, error: note } as unknown as Log }
}

const open = async (disks = { data: createDisk(), spool: createDisk() }, nowMs = startMs) => {
  const { said, log } = quiet()
  let ids = 0
  const results = await openResults({
    files: disks.data.files,
    spoolFiles: disks.spool.files,
    quarantine: createDisk().files,
    maxBytes: 1 << 20,
    probes: [probe],
    seed: 'seed',
    clock: { nowMs: () => nowMs, monoUs: () => 0 },
    newId: () => `id-${ids++}`,
    log,
    keep: async () => undefined,
    onAppended: () => undefined,
    onLost: () => undefined,
    unplanned: () => [],
  })
  return { ...results, disks, said }
}

const line = (index: number) =>
  okLine(probe, { id: `r${index}`, slotMs: slotMs(index), why: 'schedule' }, slotMs(index))

/** What an aggregator has when nothing is left to send. */
const meet = async () => {
  const { notary, aggregatorKey, prober } = await knownIdentity()
  const model = createModelAggregator({ key: aggregatorKey, prober: () => prober })
  return async ({ spool }: Pick<Results, 'spool'>) => {
    const before = model.lines().length
    for (let flight = await spool.next(notary); flight !== null; flight = await spool.next(notary)) {
      const { status, body } = await model.take(flight.jws, flight.body)
      expect(status).toBe(201)
      await spool.settle(notary, String(body.receipt))
    }
    return model
      .lines()
      .slice(before)
      .map(text => JSON.parse(text))
  }
}

describe('results on their way to disk', () => {
  test('the first lines come behind the definitions in force', async () => {
    const [run, sent] = [await open(), await meet()]
    run.begin()
    await run.say([line(0)])
    await run.say([line(1)])
    expect((await sent(run)).map(each => each.kind ?? each.outcome)).toEqual(['definition', 'ok', 'ok'])
  })

  test('another plan is announced before the next line, and is the one that goes out again', async () => {
    const [run, sent] = [await open(), await meet()]
    run.begin()
    await run.say([line(0)])
    run.replace([probe, testProbe({ model: 'new' })])
    await run.say([line(1)])
    const kinds = (await sent(run)).map(each => each.kind ?? each.outcome)
    expect(kinds).toEqual(['definition', 'ok', 'definition', 'definition', 'ok'])
  })

  test('after a crash the next start says what it missed, once', async () => {
    const [first, sent] = [await open(), await meet()]
    first.begin()
    await first.say([line(0)])
    const after = () => ({ data: first.disks.data.crash(() => 0), spool: first.disks.spool.crash(() => 0) })
    const second = await open(after(), slotMs(3) + 1)
    expect(second.begin()).toEqual({ atMs: slotMs(3) + 1 })
    await second.say([line(4)])
    const lines = await sent(second)
    expect(lines.map(each => each.skip ?? each.kind ?? each.outcome)).toEqual([
      'definition',
      'ok',
      'definition',
      'not_running',
      'ok',
    ])
    expect(lines[3]).toMatchObject({ count: 3, why: 'schedule' })
    await second.spool.close()
    const disks = { data: second.disks.data.crash(() => 0), spool: second.disks.spool.crash(() => 0) }
    const third = await open(disks, slotMs(4) + 1)
    third.begin()
    await third.say([])
    expect((await sent(third)).map(each => each.skip ?? each.kind)).toEqual(['definition'])
  })

  test('what cannot be written is said once, and never stops measuring', async () => {
    const run = await open()
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' })
    run.disks.spool.failAt(run.disks.spool.operations() + 1, full)
    await run.say([line(0)])
    await run.say([line(1)])
    run.disks.spool.heal()
    await run.say([line(2)])
    expect(run.said).toEqual([
      'ok',
      'results cannot be written and are lost',
      'results were lost; a signed gap record will say so',
      'results can be written again',
    ])
  })

  test('definitions go out again after a loss, behind the first batch that was taken', async () => {
    const [run, sent] = [await open(), await meet()]
    run.begin()
    const full = Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' })
    run.disks.spool.failAt(run.disks.spool.operations() + 1, full)
    await run.say([line(0)])
    run.disks.spool.heal()
    await run.say([line(1)])
    run.onTaken()
    run.onTaken()
    await run.say([line(2)])
    expect((await sent(run)).map(each => each.kind ?? each.id)).toEqual(['r1', 'definition', 'r2'])
  })
})
