import { fileURLToPath } from 'node:url'
import { realFiles } from '../aggregator/src/config/files.ts'
import { daysAhead, ensureDays, ownDays } from '../aggregator/src/db/days.ts'
import { migrate, readMigrations } from '../aggregator/src/db/migrate.ts'
import { openEmbedded } from '../aggregator/src/db/open-embedded.ts'
import { openServer } from '../aggregator/src/db/open-server.ts'
import type { EngineName, Store } from '../aggregator/src/db/store.ts'
import { defaultPolicy } from '../aggregator/src/judge/policy.ts'
import { createJudge } from '../aggregator/src/judge/run.ts'
import { createScratchDatabase } from '../aggregator/test/scratch-database.ts'
import { serverBinaries, startCluster } from '../tasks/prove/private-cluster.ts'
import type { BenchContext, Measurement } from './bench.ts'
import { coreMs, noLimit, summarise, wallMs } from './measure.ts'

/**
 * A thousand endpoints from five vantages, half listings and half chats, each with as many results as a judgement looks at and a
 * week of what is usual: how long a sweep over all of them takes, and how much of it this process computes.
 */

const endpoints = 1000
const vantages = 5
const sweeps = 5

export const judgeSpeed = async (context: BenchContext): Promise<readonly Measurement[]> => {
  const measured: Measurement[] = []
  for (const engine of ['postgres', 'pglite'] as const) {
    await using closing = new AsyncDisposableStack()
    const store = await open(engine, closing, context.note)
    if (store !== null) measured.push(...(await measure(store, context)))
  }
  return measured
}

const open = async (
  engine: EngineName,
  closing: AsyncDisposableStack,
  note: (text: string) => void,
): Promise<Store | null> => {
  const store = engine === 'pglite' ? await openEmbedded({}) : await openPostgres(closing)
  if (store === null) {
    note('there is no Postgres here: only the embedded one is measured')
    return null
  }
  closing.defer(store.close)
  const folder = fileURLToPath(new URL('../aggregator/src/db/migrations/', import.meta.url))
  await migrate(store, readMigrations(realFiles, folder))
  return store
}

const openPostgres = async (closing: AsyncDisposableStack): Promise<Store | null> => {
  const given = process.env.TEST_DATABASE_URL
  const bin = serverBinaries()
  if (!given && bin === null) return null
  const cluster = given || bin === null ? null : await startCluster(bin, [])
  if (cluster !== null) closing.defer(cluster.stop)
  const { url, drop } = await createScratchDatabase(given || (cluster?.url ?? ''), `bench_judge_${process.pid}`)
  closing.defer(drop)
  return openServer(url, () => undefined)
}

const measure = async (store: Store, { note }: BenchContext): Promise<readonly Measurement[]> => {
  const nowMs = Date.now()
  note(`${endpoints} endpoints × ${vantages} vantages on ${store.engine}`)
  await fill(store, nowMs)
  const clock = { now: nowMs, nowMs: () => clock.now }
  let judged = 0
  const judge = createJudge({
    db: store.db,
    clock,
    policy: defaultPolicy,
    providers: new Map(),
    log: { error: fail, warn: fail },
    observe: async verdicts => {
      judged += verdicts.reduce((sum, verdict) => sum + verdict.endpoints.length, 0)
    },
  })
  // The first one reads what is usual, and writes every vote.
  const first = await timedSweep(judge.sweep)
  const later: (typeof first)[] = []
  for (let n = 0; n < sweeps; n++) {
    clock.now += 100
    later.push(await timedSweep(judge.sweep))
  }
  if (judged < endpoints * (sweeps + 1)) throw new Error(`only ${judged} endpoints were judged`)
  const say = (metric: string, values: readonly number[]): Measurement => ({
    case: `judge_1000x5.${store.engine}`,
    metric,
    unit: 'ms',
    ...summarise(values),
    ...noLimit,
  })
  return [
    say('first_sweep_ms', [first.wall]),
    say(
      'sweep_ms',
      later.map(one => one.wall),
    ),
    // With the embedded database this is all of it: it runs in this thread too.
    say(
      'sweep_core_ms',
      later.map(one => one.core),
    ),
  ]
}

const fail = (...said: readonly unknown[]): never => {
  throw new Error('judging failed', { cause: said })
}

const timedSweep = async (sweep: () => Promise<void>): Promise<{ readonly wall: number; readonly core: number }> => {
  const [wall, core] = [wallMs(), coreMs()]
  await sweep()
  return { wall: wallMs() - wall, core: coreMs() - core }
}

const fill = async ({ db, engine, transact }: Store, nowMs: number): Promise<void> => {
  const today = new Date(nowMs).toISOString().slice(0, 10)
  const yesterday = new Date(nowMs - 86_400_000).toISOString().slice(0, 10)
  await db.transaction().execute(async trx => {
    await ensureDays(trx, daysAhead(nowMs))
    await ensureDays(trx, ownDays(nowMs, [yesterday, today]))
  })
  const now = `'${new Date(nowMs).toISOString()}'::timestamptz`
  const hours = engine === 'pglite' ? 'h % 24 < 3' : 'true'
  await transact(async ({ exec }) => {
    for (const statement of statements({ now, hours })) await exec(statement)
  })
  await transact(({ exec }) => exec('analyze'))
}

const statements = ({ now, hours }: { readonly now: string; readonly hours: string }): readonly string[] => [
  `insert into prober (id, name, region, version, kid, jwk, state, state_since, enrolled_at, head_hash)
  select gen_random_uuid(), 'v' || n, 'bench', '0', 'k' || n, '{}', 'approved', now(), now(), ''
  from generate_series(1, ${vantages}) n`,
  `insert into endpoint (provider, model, probe)
  select 'p' || (n % 40), case when n % 2 = 0 then 'm' || n else '' end, case when n % 2 = 0 then 'chat' else 'reach' || n end
  from generate_series(1, ${endpoints}) n`,
  `insert into definition (prober, digest, endpoint, at, type, dialect, keyed, origin, every_ms, timeout_ms, billed, reasoning)
  select p.num, 'd' || e.id, e.id, now(), case when e.probe = 'chat' then 'chat' else 'reachability' end, 'openai', true,
    'shipped', case when e.probe = 'chat' then 300000 else 60000 end, 30000, false, false
  from prober p cross join endpoint e`,
  `insert into result (slot, at, id, prober, endpoint, definition, uncertainty_us, loop_delay_us, chunks, why, outcome,
    finish, content, classifier, http_status, warm, via_proxy, clock_ahead, late, first_token_us, last_byte_us)
  select t.slot, t.slot, gen_random_uuid(), d.prober, d.endpoint, d.id, 0, 0, 1, 'schedule',
    (case when random() < 0.01 then 'server_error' else 'ok' end)::probe_outcome, 'stop', 'none', 2, 200, false, false,
    false, false, 300000 + (random() * 800000)::int, 900000 + (random() * 800000)::int
  from definition d cross join lateral (
    select ${now} - make_interval(secs => n * d.every_ms / 1000.0) as slot
    from generate_series(0, case when d.every_ms = 60000 then 34 else 26 end) n
  ) t`,
  // A healthy hour has some twelve buckets.
  `insert into sketch_hour (prober, endpoint, start, metric, scale, i, c, n, sum, min, max)
  select d.prober, d.endpoint, date_trunc('hour', ${now}) - make_interval(hours => h), m.metric, 5,
    array[250,255,260,265,270,275,280,285,290,295,300,305]::smallint[], array[1,1,1,1,1,1,1,1,1,1,1,1], 12, 5000, 200, 900
  from definition d cross join generate_series(0, 167) h
  cross join (select 'total' as metric union all select 'first_token') m
  where (m.metric = 'total' or d.type = 'chat') and ${hours}`,
]
