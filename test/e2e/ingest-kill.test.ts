import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openEmbedded } from '../../aggregator/src/db/open-embedded.ts'
import { seededBelow, seededRandom } from '../../aggregator/test/random.ts'
import { freePort } from '../../tasks/free-port.ts'
import { countsIn, ledgerOf, more, startLoad } from './ingest-load.ts'
import { serveOn } from './ingest-server.ts'

const kills = process.env.TEST_LONG === '1' ? 50 : 3

/** The embedded aggregator under signed load, killed without a word and started again on the same folder. */
test(`${kills} kill -9 lose no batch that was answered, and double none`, { timeout: 900_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'llmstatus-kill-'))
  const env = { LLMSTATUS_DATA_DIR: join(folder, 'data') }
  const below = seededBelow(seededRandom('kills'))
  const port = await freePort()
  let server = await serveOn(port, env)
  try {
    const senders = [await server.enrol('a'), await server.enrol('b'), await server.enrol('c')]
    const load = startLoad(server.url, senders)
    for (let kill = 0; kill < kills; kill++) {
      // each life stores something, and ends anywhere in what it does
      await more(load)
      await sleep(below(300))
      await server.end('SIGKILL')
      server = await serveOn(port, env)
    }
    await load.end()
    const ledger = await ledgerOf(server.admin)
    expect([...load.received].filter(hash => !ledger.has(hash))).toEqual([])
    expect(ledger.size).toBe(load.received.size)
    for (const report of await server.admin.verifyLedger(null)) expect(report.broken).toBeNull()
    await server.end('SIGTERM')
    const store = await openEmbedded({ dataDir: join(env.LLMSTATUS_DATA_DIR, 'database') })
    const results = load.results()
    expect(await countsIn(store)).toEqual({ rows: results, ids: results, planned: results })
    await store.close()
  } finally {
    await server.end('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
})
