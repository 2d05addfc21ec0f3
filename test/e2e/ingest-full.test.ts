import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEmbedded } from '../../aggregator/src/db/open-embedded.ts'
import { freePort } from '../../tasks/free-port.ts'
import { mountDisk } from './full-disk.ts'
import { countsIn, ledgerOf, more, startLoad } from './ingest-load.ts'
import { serveOn } from './ingest-server.ts'

/** It answers 503 while the disk is full, goes on when there is room, and a start after that finds all that was answered. */
test.runIf(process.env.TEST_LONG === '1')(
  'an embedded database whose disk is full loses and doubles nothing',
  { timeout: 600_000 },
  async context => {
    const disk = mountDisk(256)
    if (disk === null) return context.skip('nothing can be mounted here')
    const env = { LLMSTATUS_DATA_DIR: join(disk.path, 'data') }
    const port = await freePort()
    let server = await serveOn(port, env)
    try {
      const load = startLoad(server.url, [await server.enrol('a'), await server.enrol('b')])
      await more(load)
      disk.fill(1 << 20)
      await expect.poll(() => load.refusals.get('503') ?? 0, { timeout: 120_000 }).toBeGreaterThan(5)
      disk.free()
      await more(load)
      await server.end('SIGKILL')
      server = await serveOn(port, env)
      await more(load)
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
      disk.remove()
    }
  },
)
