import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mergeSketches, type Sketch, sketchOf } from '@llmstatus/shared/sketch'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { migrations, testDatabaseUrl } from '../../../test/postgres.ts'
import { createScratchDatabase } from '../../test/scratch-database.ts'
import { migrate } from './migrate.ts'
import { openEmbedded } from './open-embedded.ts'
import { openServer } from './open-server.ts'
import type { Store } from './store.ts'

/** What the first schema held comes through, and a migration that is cut off has not happened. */

const first = migrations.slice(0, 1)
const engine = testDatabaseUrl === undefined ? 'pglite' : 'postgres'

const withStore = async (run: (store: Store, url: string) => Promise<void>): Promise<void> => {
  if (testDatabaseUrl === undefined) {
    const store = await openEmbedded({})
    await run(store, '').finally(() => store.close())
    return
  }
  const { url, drop } = await createScratchDatabase(testDatabaseUrl, `test_${randomUUID().replaceAll('-', '')}`)
  const store = openServer(url, () => undefined)
  await run(store, url)
    .finally(() => store.close())
    .finally(drop)
}

/** Two days, a stray, failures, skips, and hours of two days with their histograms. */
const filled = (store: Store): Promise<void> =>
  store.transact(session =>
    session.exec(`
      create table result_20261119 partition of result for values from ('2026-11-19') to ('2026-11-20');
      create table result_20261120 partition of result for values from ('2026-11-20') to ('2026-11-21');
      create table skip_20261120 partition of skip for values from ('2026-11-20') to ('2026-11-21');
      insert into result (slot, at, id, day, prober, endpoint, definition, uncertainty_us, loop_delay_us, chunks,
        first_token_us, classifier, http_status, warm, via_proxy, clock_ahead, why, outcome, stated, operation, signal,
        finish, content, errno, model_reported)
      select s, s + interval '12 ms', gen_random_uuid(), (s at time zone 'utc')::date, 1 + n % 2, 1 + n % 3, 1, n, 200, 4,
        250000 + n, n % 2, 200, n % 2 = 0, false, false, 'schedule', case when n % 5 = 0 then 'timeout' else 'ok' end,
        case when n % 5 = 0 then 'ok' end, case when n % 5 = 0 then 'first_token' end, case when n % 5 = 0 then 'no_end' end,
        'stop', 'pass', case when n % 5 = 0 then 'ETIMEDOUT' end, case when n % 3 > 0 then 'model-' || n % 3 end
      from generate_series(1, 1000) n
        cross join lateral (select '2026-11-19 20:00:00Z'::timestamptz + n * interval '20 s') t(s);
      insert into result (slot, at, id, day, prober, endpoint, definition, uncertainty_us, loop_delay_us, chunks, classifier,
        warm, via_proxy, clock_ahead, why, outcome, finish, content)
      values ('1970-01-01Z', '1970-01-01Z', gen_random_uuid(), '1970-01-01', 1, 1, 1, 0, 0, 0, 1, false, false, false,
        'followup', 'server_error', 'none', 'none');
      insert into skip (slot, from_at, id, day, prober, endpoint, count, why, reason)
      values ('2026-11-20 01:00Z', '2026-11-20 01:00Z', gen_random_uuid(), '2026-11-20', 1, 1, 3, 'schedule', 'not_running');
      insert into rollup_hour select 1, 1, '2026-11-19 00:00Z'::timestamptz + n * interval '1 h', 12, 10, 1, 0, 0, 1, 0, 0, 40, 0.5
      from generate_series(0, 47) n;`),
  )

const facts = async (store: Store, day: string) =>
  (
    await sql
      .raw<{ fact: string }>(`
      select concat_ws('|', slot, at, id, prober, endpoint, definition, uncertainty_us, first_token_us, tokens_in, classifier,
        http_status, warm, why, outcome, stated, operation, signal, finish, content, errno, ${day}, tableoid::regclass) as fact
      from result order by id`)
      .execute(store.db)
  ).rows.map(row => row.fact)

const before = (store: Store) => facts(store, 'model_reported')
const after = (store: Store) =>
  facts(store, '(select name from reported_model m where m.id = reported_model and m.prober = result.prober)')

describe(`the narrow rows on ${engine}`, () => {
  it('hold what the wide ones held, in the same days, and come with days that are the sums of their hours', async () => {
    await withStore(async store => {
      await migrate(store, first)
      await filled(store)
      const sketches = [[100, 200, 300], [250], [90_000, 100, 1]].map(values => sketchOf(values))
      for (const [n, { scale, i, c, n: count, sum, min, max }] of sketches.entries())
        await sql`insert into sketch_hour values (1, 1, ${`2026-11-19T0${n}:00:00Z`}, 'total', ${scale},
          ${`{${i}}`}::text::smallint[], ${`{${c}}`}::text::int[], ${count}, ${sum}, ${min}, ${max})`.execute(store.db)
      const was = await before(store)
      await migrate(store, migrations)
      expect(await after(store)).toEqual(was)
      expect(was.length).toBe(1001)
      const skips = await sql`select count, why, reason, tableoid::regclass::text as place from skip`.execute(store.db)
      expect(skips.rows).toEqual([{ count: 3, why: 'schedule', reason: 'not_running', place: 'skip_20261120' }])
      const days = await store.db.selectFrom('rollup_day').selectAll().orderBy('start').execute()
      expect(days).toMatchObject([
        { start: new Date('2026-11-19T00:00:00.000Z'), planned: 288, ok: 240, tokens_out: 960, cost_usd: 12 },
        { start: new Date('2026-11-20T00:00:00.000Z'), planned: 288 },
      ])
      const { rows } = await sql<Sketch>`select scale, i, c, n, sum, min, max from sketch_day`.execute(store.db)
      expect(rows).toEqual([mergeSketches(sketches)])
    })
  })
})

describe.runIf(engine === 'postgres')('a migration whose connection is cut on postgres', () => {
  it('has not happened, and can be made again', async () => {
    await withStore(async (store, url) => {
      await migrate(store, first)
      await filled(store)
      const was = await before(store)
      const other = openServer(url, () => undefined)
      const slow = migrations.map(each => (each.n === 2 ? { ...each, sql: `${each.sql}\nselect pg_sleep(60);` } : each))
      const cut = expect(migrate(other, slow)).rejects.toThrow()
      await expect
        .poll(
          async () =>
            (
              await sql`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and wait_event = 'PgSleep'`.execute(store.db)
            ).rows.length,
          { timeout: 30_000 },
        )
        .toBe(1)
      await cut
      await other.close()
      expect(await before(store)).toEqual(was)
      await migrate(store, migrations)
      expect(await after(store)).toEqual(was)
    })
  })
})

describe.runIf(engine === 'pglite')('a program that is killed in the middle of a migration on pglite', () => {
  it('leaves the old folder as it was, and the next start goes on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'llmstatus-migrate-'))
    try {
      const old = await openEmbedded({ dataDir: join(folder, 'database') })
      await migrate(old, first)
      await filled(old)
      const was = await before(old)
      await old.close()
      const rounds = process.env.TEST_LONG === '1' ? 10 : 1
      for (let round = 0; round < rounds; round++) {
        await killed(join(folder, 'database'), round === 0 ? 1500 : 40 * round)
        const again = await openEmbedded({ dataDir: join(folder, 'database') })
        expect(await before(again)).toEqual(was)
        await again.close()
      }
      const next = await openEmbedded({ dataDir: join(folder, 'database') })
      await migrate(next, migrations)
      expect(await after(next)).toEqual(was)
      await next.close()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** After so long in the migration; it never gets to its end. */
const killed = async (folder: string, afterMs: number): Promise<void> => {
  const program = fileURLToPath(new URL('../../test/migrate-until-killed.ts', import.meta.url))
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  await new Promise(resolve => setTimeout(resolve, afterMs))
  child.kill('SIGKILL')
  await once(child, 'exit')
}
