import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { knownIdentity, testLine } from '../../test/known-identity.ts'
import { createModelAggregator } from '../../test/model-aggregator.ts'
import { drain, openOn } from '../../test/open-spool.ts'
import { createSmallDisk } from '../../test/small-disk.ts'
import type { Files } from './files.ts'
import { nodeFiles } from './node-files.ts'

const mib = 1 << 20

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0).reverse()) close()
})

const meet = async (files: Files, maxBytes = 2 * mib) => {
  const { notary, aggregatorKey, prober } = await knownIdentity()
  const aggregator = createModelAggregator({ key: aggregatorKey, prober: () => prober })
  let nowMs = 0
  const opened = await openOn({ files }, { maxBytes, nowMs: () => nowMs })
  let offered = 0
  const acknowledged: string[] = []
  /** Whether it could be written. */
  const say = async (padding = 500): Promise<boolean> => {
    const line = testLine(offered++, padding)
    try {
      await opened.spool.append([line])
    } catch {
      return false
    }
    acknowledged.push(line)
    return true
  }
  const check = () => {
    const lost = aggregator.gaps().reduce((sum, gap) => sum + gap.lost, 0)
    expect(aggregator.lines()).toEqual(acknowledged)
    expect(lost).toBe(offered - acknowledged.length)
  }
  const later = () => {
    nowMs += 3_600_000
  }
  return { ...opened, notary, aggregator, say, check, later, drain: () => drain(opened.spool, notary, aggregator) }
}

/** Until there is no room for another line. */
const fill = async (say: () => Promise<boolean>): Promise<number> => {
  for (let lines = 0; lines < 20_000; lines++) if (!(await say())) return lines
  throw new Error('it is never full')
}

describe('a full disk', () => {
  test('is still drained: what is acknowledged arrives, what found no room is counted, and then there is room', async () => {
    const disk = createSmallDisk(64 * mib)
    const run = await meet(disk.files)
    for (let line = 0; line < 100; line++) await run.say()
    disk.freeBytes(0)
    expect(await run.say()).toBe(false)
    expect(run.spool.status()).toMatchObject({ writable: false, backlog: true })
    expect(disk.names()).toContain('reserve')
    await run.drain()
    expect(await run.say()).toBe(true)
    expect(run.spool.status().writable).toBe(true)
    await run.drain()
    run.check()
    expect(run.aggregator.gaps()).toEqual([expect.objectContaining({ reason: 'spool_full', lost: 1 })])
  })

  test('takes what is kept before anything else goes, and the reserve comes back when there is room', async () => {
    const disk = createSmallDisk(64 * mib)
    const run = await meet(disk.files)
    for (let line = 0; line < 50; line++) {
      await run.say()
      await run.drain()
    }
    expect(run.spool.status().keptBytes).toBeGreaterThan(10_000)
    disk.freeBytes(0)
    for (let line = 0; line < 5; line++) expect(await run.say()).toBe(true)
    expect(run.spool.status().keptBytes).toBe(0)
    await fill(run.say)
    await run.drain()
    expect(disk.names()).not.toContain('reserve')
    disk.freeBytes(4 * mib)
    run.later()
    await run.say()
    await run.drain()
    expect(disk.names()).toContain('reserve')
    run.check()
  })

  test('at a start without a reserve holds what it held, says so, and goes on when there is room', async () => {
    const disk = createSmallDisk(0)
    disk.freeBytes(64 * mib)
    const first = await meet(disk.files)
    for (let line = 0; line < 20; line++) await first.say()
    await disk.files.remove('reserve')
    disk.freeBytes(0)
    const second = await openOn(disk, { maxBytes: 2 * mib })
    await expect(second.spool.next(first.notary)).rejects.toThrow('ENOSPC')
    disk.freeBytes(mib)
    await drain(second.spool, first.notary, first.aggregator)
    first.check()
  })

  test('that is full at the very first start is no spool', async () => {
    await expect(openOn(createSmallDisk(0))).rejects.toThrow('ENOSPC')
  })
})

describe('a read-only disk', () => {
  test('takes nothing and signs nothing, sends what was signed, and goes on when it can be written again', async () => {
    const disk = createSmallDisk(64 * mib)
    const run = await meet(disk.files)
    await run.say()
    const flight = await run.spool.next(run.notary)
    await run.say()
    disk.readOnly(true)
    expect(await run.say()).toBe(false)
    expect(run.spool.status().writable).toBe(false)
    expect(await run.spool.next(run.notary)).toEqual(flight)
    const { body } = await run.aggregator.take(flight?.jws ?? '', flight?.body ?? new Uint8Array())
    await expect(run.spool.settle(run.notary, String(body.receipt))).rejects.toThrow('EROFS')
    disk.readOnly(false)
    await run.drain()
    expect(await run.say()).toBe(true)
    await run.drain()
    run.check()
  })
})

/** Four MiB of a real file system, where this machine lets us have them. */
const mountSmall = (): string | null => {
  const folder = mkdtempSync(join(tmpdir(), 'llmstatus-small-'))
  closing.push(() => rmSync(folder, { recursive: true, force: true }))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=700', 'llmstatus-test', folder], { stdio: 'ignore' })
  } catch {
    return null
  }
  closing.push(() => execFileSync('umount', ['-l', folder]))
  return folder
}

describe('a real file system of four MiB', () => {
  test('is filled by others and by us, and drained', async context => {
    const folder = mountSmall()
    if (folder === null) return context.skip('no mount here')
    const run = await meet(nodeFiles(join(folder, 'spool')), 3 * mib)
    for (let line = 0; line < 200; line++) await run.say()
    await run.drain()
    for (let line = 0; line < 200; line++) await run.say()
    const { bavail, bsize } = statfsSync(folder)
    writeFileSync(join(folder, 'others'), Buffer.alloc(bavail * bsize))
    expect(statfsSync(folder).bavail).toBe(0)
    expect(await fill(run.say)).toBeGreaterThan(0)
    expect(run.spool.status()).toMatchObject({ keptBytes: 0, writable: false })
    await run.drain()
    for (let line = 0; line < 50; line++) expect(await run.say()).toBe(true)
    await run.drain()
    run.check()
    await run.spool.close()
  })
})
