import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { eachEngine, openMigratedEmbedded, testDatabaseUrl } from '../../../test/postgres.ts'
import { canonicalOf } from '../../test/canonical.ts'
import { seededBelow, seededRandom } from '../../test/random.ts'
import { createScratchDatabase } from '../../test/scratch-database.ts'
import { testShell } from '../../test/test-shell.ts'
import { openEmbedded } from '../db/open-embedded.ts'
import { openServer } from '../db/open-server.ts'
import type { Store } from '../db/store.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const isLong = process.env.TEST_LONG === '1'
const rounds = isLong ? 25 : 1
const rows = 20_000

/** The real program, killed with -9 while it replaces a database. */
eachEngine('a restore that is killed', database => {
  let root = ''
  let target: { env: Record<string, string>; open: () => Promise<Store>; drop: () => Promise<unknown> }
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'kill-'))
    const dataDir = join(root, 'target')
    mkdirSync(dataDir)
    if (database.engine === 'pglite') {
      await openMigratedEmbedded(join(dataDir, 'database')).then(({ store }) => store.close())
      const open = () => openEmbedded({ dataDir: join(dataDir, 'database') })
      target = { env: { LLMSTATUS_DATA_DIR: dataDir }, open, drop: async () => undefined }
    } else {
      const { url, drop } = await createScratchDatabase(
        testDatabaseUrl ?? '',
        `test_${randomUUID().replaceAll('-', '')}`,
      )
      target = {
        env: { LLMSTATUS_DATA_DIR: dataDir, DATABASE_URL: url },
        open: async () => openServer(url, () => undefined),
        drop,
      }
    }
  })
  afterEach(async () => {
    await target.drop()
    rmSync(root, { recursive: true, force: true })
  })

  const command = async (line: string, env: Record<string, string>) => {
    const { run, said } = testShell({ LLMSTATUS_PORT: '0', ...env }, 2)
    const exit = await run(line.split(' '))
    return { exit, ...said }
  }
  const contents = async () => {
    const store = await target.open()
    return canonicalOf(store).finally(() => store.close())
  }

  /** How long it ran before it was killed, null where it was faster. */
  const killed = (line: string, afterMs: number): Promise<'killed' | 'done'> =>
    new Promise(resolve => {
      const child = spawn(process.execPath, [main, ...line.split(' ')], { env: { ...process.env, ...target.env } })
      child.stderr.on('data', (text: Buffer) => {
        if (text.includes('Restoring…')) setTimeout(() => child.kill('SIGKILL'), afterMs)
      })
      child.on('exit', (_code, signal) => resolve(signal === null ? 'done' : 'killed'))
    })

  it('leaves the old database or the new one, whole, and goes on when it is run again', {
    timeout: 3_600_000,
  }, async () => {
    const source = { LLMSTATUS_DATA_DIR: join(root, 'source') }
    mkdirSync(join(root, 'source'))
    const { store } = await openMigratedEmbedded(join(root, 'source', 'database'))
    await store.transact(session =>
      session.exec(`insert into rollup_day
        select 1, 1, '2000-01-01'::timestamptz + n * interval '1 day', n, 0, 0, 0, 0, 0, 0, 0, 0, 0 from generate_series(1, ${rows}) n`),
    )
    await store.close()
    expect((await command('enrol-token create', source)).exit).toBe(0)
    const env = { LLMSTATUS_BACKUP_PASSPHRASE: 'correct-horse' }
    expect((await command(`backup --out ${join(root, 'x')}`, { ...source, ...env })).exit).toBe(0)
    expect((await command('enrol-token create', target.env)).exit).toBe(0)
    target.env = { ...target.env, ...env }

    const below = seededBelow(seededRandom('kill'))
    const restored = await openEmbedded({ dataDir: join(root, 'source', 'database') })
    const next = await canonicalOf(restored).finally(() => restored.close())
    let before = await contents()
    for (let round = 0; round < rounds; round++) {
      await killed(`restore ${join(root, 'x')} --replace`, below(database.engine === 'pglite' ? 6_000 : 1_500))
      // whoever comes next finds a database that it can use, and the key to it
      expect(await command('check', target.env)).toMatchObject({ exit: 0 })
      const after = await contents()
      expect([before, next]).toContainEqual(after)
      before = after
    }
    expect(await command(`restore ${join(root, 'x')} --replace`, target.env)).toMatchObject({ exit: 0 })
    expect(await contents()).toEqual(next)
    expect(await command('key show', target.env)).toMatchObject({ exit: 0 })
  })
})
