import { createHash, randomUUID } from 'node:crypto'
import { existsSync, openAsBlob, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe } from 'vitest'
import { realFiles } from '../aggregator/src/config/files.ts'
import { type Migration, migrate, readMigrations } from '../aggregator/src/db/migrate.ts'
import { openEmbedded } from '../aggregator/src/db/open-embedded.ts'
import { openServer } from '../aggregator/src/db/open-server.ts'
import type { EngineName, Store } from '../aggregator/src/db/store.ts'
import { createScratchDatabase, emptyDatabase } from '../aggregator/test/scratch-database.ts'

/**
 * Tests that need Postgres are named *.db.test.ts. One run of them is on PGlite, the next on the server that
 * TEST_DATABASE_URL names; tasks/test.ts does both.
 *
 *   eachEngine('ingest', database => {
 *     it('…', async () => { const { db } = database.store() … })
 *   })
 *
 * One database a file, migrated, and emptied before each test.
 */
export interface TestDatabase {
  readonly engine: EngineName
  readonly store: () => Store
  /** Null on PGlite: nobody else can connect to it. */
  readonly url: () => string | null
}

export const migrations: readonly Migration[] = readMigrations(
  realFiles,
  fileURLToPath(new URL('../aggregator/src/db/migrations/', import.meta.url)),
)

export const testDatabaseUrl = process.env.TEST_DATABASE_URL

export const eachEngine = (name: string, body: (database: TestDatabase) => void): void =>
  keptOnEachEngine(name, database => {
    beforeEach(() => emptyDatabase(database.store()))
    body(database)
  })

/** Filled once, for tests that only read. */
export const keptOnEachEngine = (name: string, body: (database: TestDatabase) => void): void => {
  const url = testDatabaseUrl
  if (url === undefined) describe(`${name} on pglite`, () => onDatabase('pglite', () => openMigratedEmbedded(), body))
  else describe(`${name} on postgres`, () => onDatabase('postgres', () => openMigratedServer(url), body))
}

interface Opened {
  readonly store: Store
  readonly url: string | null
  readonly drop: () => Promise<unknown>
}

/** The first PGlite of all makes the snapshot, on a machine that may be busy. */
const openMs = 120_000

const onDatabase = (engine: EngineName, open: () => Promise<Opened>, body: (database: TestDatabase) => void): void => {
  let opened: Opened | undefined
  const now = (): Opened => {
    if (opened === undefined) throw new Error('the database is open inside tests and hooks only')
    return opened
  }
  beforeAll(async () => {
    opened = await open()
  }, openMs)
  afterAll(async () => {
    await opened?.store.close()
    await opened?.drop()
  }, openMs)
  body({ engine, store: () => now().store, url: () => now().url })
}

const openMigratedServer = async (serverUrl: string): Promise<Opened> => {
  const { url, drop } = await createScratchDatabase(serverUrl, `test_${randomUUID().replaceAll('-', '')}`)
  const store = openServer(url, () => undefined)
  await migrate(store, migrations)
  return { store, url, drop }
}

// ── the snapshot: making a PGlite takes seconds, loading one that was made half a second ───────────────────────────

const snapshotPrefix = 'llmstatus-test-pglite-'
const snapshotPath = (): string => {
  const digest = createHash('sha256')
    .update(migrations.map(migration => migration.sha256).join())
    .digest('hex')
  return join(tmpdir(), `${snapshotPrefix}${digest.slice(0, 32)}.tar`)
}

/** In memory or in a folder that is not there yet, migrated, from the snapshot. */
export const openMigratedEmbedded = async (dataDir?: string): Promise<Opened> => {
  const path = snapshotPath()
  if (!existsSync(path)) await makeSnapshot(path)
  const store = await openEmbedded({
    ...(dataDir === undefined ? {} : { dataDir }),
    loadDataDir: await openAsBlob(path),
  })
  return { store, url: null, drop: async () => undefined }
}

/** Several workers may make it at once: each writes its own file, and the name is taken whole. */
const makeSnapshot = async (path: string): Promise<void> => {
  const fresh = await openEmbedded({})
  await migrate(fresh, migrations)
  const bytes = await fresh.dump()
  await fresh.close()
  for (const old of readdirSync(tmpdir()))
    if (old.startsWith(snapshotPrefix) && old.endsWith('.tar')) rmSync(join(tmpdir(), old), { force: true })
  const mine = `${path}.${randomUUID()}`
  writeFileSync(mine, bytes)
  renameSync(mine, path)
}
