import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultTtlMs } from '../aggregator/src/admin/admin.ts'
import { connectAdmin } from '../aggregator/src/admin/control-socket.ts'
import { openEmbedded } from '../aggregator/src/db/open-embedded.ts'
import { openServer } from '../aggregator/src/db/open-server.ts'
import type { EngineName, Store } from '../aggregator/src/db/store.ts'
import { createScratchDatabase } from '../aggregator/test/scratch-database.ts'
import { enrolSender, type Sender } from '../aggregator/test/wire-prober.ts'
import { freePort } from '../tasks/free-port.ts'
import { serverBinaries, startCluster } from '../tasks/prove/private-cluster.ts'
import { answersOk, until } from '../tasks/run/ready.ts'
import { programFile, startProgram } from './programs.ts'

/** The aggregator as a person starts it, on one engine or the other, with everything in a folder that goes with it. */
export interface IngestServer {
  readonly url: string
  readonly enrol: (name: string) => Promise<Sender>
  readonly rssMib: () => number
  /** Ends the program, and opens what it stored. */
  readonly open: () => Promise<Store>
}

const mostMs = 60_000

export const startIngestServer = async (
  engine: EngineName,
  closing: AsyncDisposableStack,
  note: (text: string) => void,
): Promise<IngestServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'llmstatus-bench-'))
  closing.defer(() => rmSync(folder, { recursive: true, force: true }))
  const databaseUrl = engine === 'postgres' ? await startDatabase(closing, note) : null
  const dataDir = join(folder, 'data')
  const port = await freePort()
  const env = {
    LLMSTATUS_DATA_DIR: dataDir,
    LLMSTATUS_PORT: String(port),
    LLMSTATUS_LOG_LEVEL: 'warn',
    ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
  }
  const started = startProgram({ file: programFile('aggregator'), args: ['serve'], env })
  closing.defer(started.stop)
  const url = `http://127.0.0.1:${port}`
  await until(() => answersOk(`${url}/readyz`), AbortSignal.timeout(mostMs))
  const admin = await connectAdmin(join(dataDir, 'control.sock'))
  if (admin === null) throw new Error('nobody listens on the control socket')
  return {
    url,
    enrol: async name => {
      const { token } = await admin.createToken({ ttl_ms: defaultTtlMs, approval: 'automatic' })
      return enrolSender({ url, token, name, seed: name })
    },
    rssMib: () => rssMibOf(started.child.pid),
    open: async () => {
      await started.stop()
      const store =
        databaseUrl === null
          ? await openEmbedded({ dataDir: join(dataDir, 'database') })
          : openServer(databaseUrl, () => undefined)
      closing.defer(store.close)
      return store
    },
  }
}

/** One of our own that really syncs, or a database of its own on the server that TEST_DATABASE_URL names. */
const startDatabase = async (closing: AsyncDisposableStack, note: (text: string) => void): Promise<string> => {
  const given = process.env.TEST_DATABASE_URL
  const bin = serverBinaries()
  if (!given && bin === null)
    throw new Error('There is no Postgres here: install one, or set TEST_DATABASE_URL to a server.')
  const cluster = given || bin === null ? null : await startCluster(bin, ['fsync=on', 'full_page_writes=on'])
  if (cluster !== null) closing.defer(cluster.stop)
  note(cluster === null ? 'on TEST_DATABASE_URL' : `on Postgres ${cluster.version}, which syncs every commit`)
  const scratch = await createScratchDatabase(given || (cluster?.url ?? ''), `bench_ingest_${process.pid}`)
  closing.defer(scratch.drop)
  return scratch.url
}

const rssMibOf = (pid: number | undefined): number => {
  const [, kib = 'NaN'] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kib) / 1024)
}
