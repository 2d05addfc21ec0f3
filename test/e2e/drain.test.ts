import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inflateLines, jwsHeader, limits, openBatch, signReceipt } from '@llmstatus/shared/batch'
import { type Head, noHead, placeInChain } from '@llmstatus/shared/chain'
import { expect, test } from 'vitest'
import { sampleLines } from '../../bench/sample.ts'
import type { Door } from '../../prober/src/report/door.ts'
import { startSender } from '../../prober/src/report/sender.ts'
import { nodeFiles } from '../../prober/src/spool/node-files.ts'
import { openSpool } from '../../prober/src/spool/spool.ts'
import { knownIdentity } from '../../prober/test/known-identity.ts'

/**
 * The aggregator was away for days, and comes back: three days at 200 results a minute go out in two minutes, in the
 * order in which they were measured, and what is measured meanwhile comes behind them. A fortieth of that in the short run.
 */

const isLong = process.env.TEST_LONG === '1'
const minutes = isLong ? 3 * 24 * 60 : 108
const perMinute = 200
const budgetMs = isLong ? 120_000 : 20_000
/** Where it can be this far away. */
const roundTripMs = 20

const startMs = Date.UTC(2026, 0, 15)
const fresh = 100_000

test(`${minutes} minutes of an aggregator that was away are caught up with`, { timeout: 900_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'llmstatus-drain-'))
  const { notary, aggregatorKey, prober } = await knownIdentity()
  const [said, heard] = [createHash('sha256'), createHash('sha256')]
  let nowMs = startMs
  const { spool } = await openSpool({
    files: nodeFiles(join(folder, 'spool')),
    quarantine: nodeFiles(join(folder, 'quarantine')),
    maxBytes: 128 << 20,
    nowMs: () => nowMs,
    onDurable: lines => {
      for (const line of lines) said.update(line)
    },
    checkpoint: async () => undefined,
    onLoss: loss => expect(loss).toBeNull(),
  })
  for (let minute = 0; minute < minutes; minute++) {
    nowMs = startMs + minute * 60_000
    await spool.append(sampleLines({ count: perMinute, seed: minute, startMs: nowMs }))
  }
  const { sizeBytes } = spool.status()

  let head: Head = noHead
  let lines = 0
  const door: Door = {
    call: async ({ headers, body }) => {
      await sleep(roundTripMs)
      const jws = headers[jwsHeader] ?? ''
      const bytes = body ?? new Uint8Array()
      const audiences = [aggregatorKey.kid]
      const opened = await openBatch({ jws, body: bytes, key: prober.key, prober: prober.id, audiences })
      if (!opened.ok || placeInChain(head, opened, null) !== 'next') throw new Error('that is not the next batch')
      const inflated = inflateLines(bytes, opened.claims)
      if ('code' in inflated) throw new Error(inflated.detail)
      expect(inflated.length).toBeLessThanOrEqual(limits.lines)
      for (const line of inflated) heard.update(line)
      lines += inflated.length
      head = { seq: opened.claims.seq, hash: opened.hash }
      const receipt = await signReceipt(aggregatorKey, { sub: prober.id, ...head, h: head.hash })
      return {
        ok: true,
        status: 201,
        retryAfter: null,
        etag: null,
        date: null,
        json: { seq: head.seq, receipt },
        sentMs: 0,
        receivedMs: 0,
      }
    },
    close: async () => undefined,
  }

  const begunMs = performance.now()
  const sender = startSender({
    spool,
    notary,
    door,
    clock: { nowMs: () => nowMs, monoUs: () => performance.now() * 1000 },
    wait: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined),
    random: Math.random,
    tell: () => undefined,
    asked: async () => false,
    tend: async () => undefined,
    pending: false,
  })
  let measured = 0
  const gathered = minutes * perMinute
  while (lines < gathered && performance.now() - begunMs < budgetMs) {
    await spool.append(sampleLines({ count: 1, seed: fresh + measured++ }))
    sender.wake()
    await sleep(60_000 / perMinute)
  }
  const tookMs = performance.now() - begunMs
  await sender.stop(10_000)
  await spool.close()
  rmSync(folder, { recursive: true, force: true })

  expect(lines).toBe(gathered + measured)
  expect(heard.digest('hex')).toBe(said.digest('hex'))
  expect(tookMs).toBeLessThan(budgetMs)
  console.info(
    `${gathered} results, ${Math.round(sizeBytes / 1024)} KiB on disk, were out after ${Math.round(tookMs)} ms in ${head.seq} batches`,
  )
})
