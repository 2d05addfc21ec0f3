import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, type TestContext, test } from 'vitest'
import { openServer } from '../../aggregator/src/db/open-server.ts'
import { freePort } from '../../tasks/free-port.ts'
import { type Cluster, serverBinaries, startCluster } from '../../tasks/prove/private-cluster.ts'
import { mountDisk } from './full-disk.ts'
import { countsIn, type Load, ledgerOf, more, startLoad } from './ingest-load.ts'
import { serveOn } from './ingest-server.ts'

const isLong = process.env.TEST_LONG === '1'

/** Under signed load, until `trouble` is over; then every answer that was given is true. */
const underLoad = async (cluster: Cluster, trouble: (load: Load) => Promise<void>): Promise<Load> => {
  const folder = mkdtempSync(join(tmpdir(), 'llmstatus-faults-'))
  const server = await serveOn(await freePort(), {
    LLMSTATUS_DATA_DIR: join(folder, 'data'),
    DATABASE_URL: cluster.url,
  })
  try {
    const load = startLoad(server.url, [await server.enrol('a'), await server.enrol('b'), await server.enrol('c')])
    await more(load)
    await trouble(load)
    await more(load)
    await load.end()
    const ledger = await ledgerOf(server.admin)
    expect([...load.received].filter(hash => !ledger.has(hash))).toEqual([])
    expect(ledger.size).toBe(load.received.size)
    for (const report of await server.admin.verifyLedger(null)) expect(report.broken).toBeNull()
    const store = openServer(cluster.url, () => undefined)
    const results = load.results()
    expect(await countsIn(store)).toEqual({ rows: results, ids: results, planned: results })
    await store.close()
    expect(server.running.said()).not.toContain('a request failed')
    return load
  } finally {
    await server.end('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  }
}

const onCluster = async (context: TestContext, run: (bin: string) => Promise<void>): Promise<void> => {
  const bin = serverBinaries()
  if (bin === null) return context.skip('there is no Postgres server on this machine')
  await run(bin)
}

test(
  'a Postgres that crashes, and one that cuts connections, loses and doubles nothing',
  { timeout: 600_000 },
  context =>
    onCluster(context, async bin => {
      const cluster = await startCluster(bin)
      try {
        const load = await underLoad(cluster, async all => {
          for (let round = 0; round < (isLong ? 10 : 1); round++) {
            await cluster.crash()
            await more(all)
            const cutter = openServer(cluster.url, () => undefined)
            for (let cut = 0; cut < 10; cut++) {
              await cutter.transact(session =>
                session.query(
                  'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
                ),
              )
              await sleep(20)
            }
            await cutter.close()
            await more(all)
          }
        })
        expect([...load.refusals.keys()]).toEqual(['503'])
      } finally {
        await cluster.stop()
      }
    }),
)

test.runIf(isLong)(
  'a Postgres whose disk is full stores nothing by halves, and goes on when there is room',
  { timeout: 600_000 },
  context =>
    onCluster(context, async bin => {
      const disk = mountDisk(256)
      if (disk === null) return context.skip('nothing can be mounted here')
      const cluster = await startCluster(bin, ['min_wal_size=32MB', 'max_wal_size=64MB'], disk.path)
      try {
        await underLoad(cluster, async ({ refusals }) => {
          disk.fill(2 << 20)
          await expect.poll(() => refusals.get('503') ?? 0, { timeout: 120_000 }).toBeGreaterThan(5)
          disk.free()
        })
      } finally {
        await cluster.stop()
        disk.remove()
      }
    }),
)
