import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import type { Store } from '../db/store.ts'
import { addDefinition, addEndpoint, addProber, addResult } from '../judge/testing/rows.ts'
import { held } from '../lease/testing/held.ts'
import { readOpen, writeChanges } from './rows.ts'
import { createNotices, type NoticeDeps } from './run.ts'

const minuteMs = 60_000
const t0 = Date.UTC(2026, 10, 20, 12, 0, 0)

const setUp = (db: Store['db'], lease: NoticeDeps['lease'] = held) => {
  const clock = { ms: t0, nowMs: () => clock.ms }
  const random = (bytes: number) => new Uint8Array(randomBytes(bytes))
  return { clock, run: createNotices({ db, clock, random, lease, log: { warn: () => undefined } }) }
}

/** A prober that has just reported, and one probe of it. */
const world = async (db: Store['db'], every_ms = minuteMs) => {
  const heard = { last_batch_at: new Date(t0), last_result_at: new Date(t0) }
  const prober = await addProber(db, 'frankfurt', { ...heard, state_since: new Date(t0) })
  const endpoint = await addEndpoint(db, { model: 'gpt-4.1-nano', probe: 'chat' })
  const sla = JSON.stringify({ tps_p50_min: 1_000_000 })
  const definition = await addDefinition(db, { prober, endpoint, type: 'chat', every_ms, sla })
  return { prober, endpoint, definition }
}

eachEngine('notices', database => {
  const db = () => database.store().db
  const rows = () => db().selectFrom('notice').selectAll().orderBy('first_seen').orderBy('kind').execute()
  const brief = async () => (await rows()).map(row => [row.kind, row.cleared_at === null ? 'open' : 'cleared'])

  it('opens one, sees it again, clears it, and opens another one later', async () => {
    const line = await world(db())
    const { run, clock } = setUp(db())
    const add = (minutes: number, outcome: 'ok' | 'auth_rejected') =>
      addResult(db(), line, { slotMs: t0 + minutes * minuteMs, outcome })
    await add(-2, 'auth_rejected')
    await run()
    expect(await rows()).toEqual([])
    await add(-1, 'auth_rejected')
    await run()
    const subject = { prober: line.prober, provider: 'openai', model: '', probe: '' }
    const details = { outcome: 'auth_rejected', signal: null, in_a_row: 2 }
    const time = new Date(t0)
    expect(await rows()).toMatchObject([
      { kind: 'key_rejected', ...subject, details, first_seen: time, last_seen: time, cleared_at: null },
    ])
    clock.ms = t0 + minuteMs
    await run()
    expect(await rows()).toMatchObject([{ first_seen: time, last_seen: new Date(t0 + minuteMs), cleared_at: null }])
    await add(0, 'ok')
    clock.ms = t0 + 2 * minuteMs
    await run()
    expect(await rows()).toMatchObject([
      { last_seen: new Date(t0 + minuteMs), cleared_at: new Date(t0 + 2 * minuteMs) },
    ])
    for (const minutes of [1, 2]) await add(minutes, 'auth_rejected')
    await run()
    expect(await brief()).toEqual([
      ['key_rejected', 'cleared'],
      ['key_rejected', 'open'],
    ])
  })

  it('reads everything that a notice may rest on', async () => {
    const line = await world(db(), 10 * minuteMs)
    const { prober } = line
    await db()
      .updateTable('prober')
      .set({ clock_offset_ms: 45_000, head_seq: 7, last_batch_at: new Date(t0 - 60 * minuteMs) })
      .execute()
    const reported = async (name: string) => {
      await sql`insert into reported_model (prober, name, seen) values (${prober}, ${name}, '2026-11-20')
        on conflict do nothing`.execute(db())
      return (await db().selectFrom('reported_model').select('id').where('name', '=', name).executeTakeFirstOrThrow())
        .id
    }
    for (let i = 0; i < 20; i++)
      await addResult(db(), line, {
        slotMs: t0 - i * minuteMs,
        outcome: 'ok',
        stated: i === 0 ? 'timeout' : null,
        tokens_out: 100,
        tokens_limit: 1_000,
        tokens_remaining: 100,
        reported_model: await reported(i < 3 ? 'new' : 'old'),
      })
    await sql`insert into rollup_5min (prober, endpoint, start, planned, ok, provider_failed, account_failed, config_failed,
        vantage_failed, unclassified, skipped, tokens_out, cost_usd)
      values (${prober}, ${line.endpoint}, ${new Date(t0 - 30 * minuteMs)}, 12, 3, 0, 0, 0, 0, 0, 9, 0, 0)`.execute(
      db(),
    )
    await sql`insert into skip (slot, id, prober, endpoint, count, why, reason)
      values (${new Date(t0 - 30 * minuteMs)}, gen_random_uuid(), ${prober}, ${line.endpoint}, 9, 'schedule', 'budget_spent')`.execute(
      db(),
    )
    const rejected = JSON.stringify([{ line: 1, reason: 'bad_shape', detail: 'x' }])
    await sql`insert into ledger (prober, seq, typ, hash, jws, body, received_at, receipt, n, rejected)
      values (${prober}, 7, 'x', 'x', 'x', '', ${new Date(t0 - minuteMs)}, 'x', 1, ${rejected}::jsonb)`.execute(db())
    await sql`insert into definition_set (version, content, expires, jws) values (1, 'x', ${new Date(t0 - 1)}, '{}')`.execute(
      db(),
    )
    await sql`insert into custom_definition (provider, model, name, definition, added_at)
      values ('openai', '', 'x', '{}', ${new Date(t0)})`.execute(db())
    await setUp(db()).run()
    expect(Object.fromEntries((await rows()).map(row => [row.kind, row.details]))).toEqual({
      headroom_low: { of: 'tokens', left_percent: 10, remaining: 100, limit: 1000 },
      tokens_slow: { per_second_p50: 198, floor: 1_000_000, n: 20 },
      model_changed: { from: 'old', to: 'new' },
      prober_quiet: { last_batch_at: new Date(t0 - 60 * minuteMs).toISOString() },
      clock_off: { offset_ms: 45_000 },
      lines_rejected: { lines: 1, reasons: { bad_shape: 1 } },
      outcomes_differ: { differ: 1, of: 20 },
      coverage_lost: { planned: 12, measured: 3, skips: { budget_spent: 9 } },
      definitions_expired: { definitions: 1, expired_at: new Date(t0 - 1).toISOString() },
    })
  })

  it('says nothing of a prober that is not approved, and takes back what it said', async () => {
    await world(db())
    await db()
      .updateTable('prober')
      .set({ last_batch_at: new Date(t0 - 60 * minuteMs) })
      .execute()
    const { run } = setUp(db())
    await run()
    expect(await brief()).toEqual([['prober_quiet', 'open']])
    await db().updateTable('prober').set({ state: 'revoked' }).execute()
    await run()
    expect(await brief()).toEqual([['prober_quiet', 'cleared']])
  })

  describe('with several replicas', () => {
    const quiet = async () => {
      await world(db())
      await db()
        .updateTable('prober')
        .set({ last_batch_at: new Date(0) })
        .execute()
    }

    it('only the holder of the lease writes, and one that has lost it does not', async () => {
      await quiet()
      await setUp(db(), { isHeld: () => false, confirm: async () => true }).run()
      await setUp(db(), { isHeld: () => true, confirm: async () => false }).run()
      expect(await rows()).toEqual([])
    })

    it('two that both believed they were it would still leave one row', async () => {
      await quiet()
      await Promise.all([setUp(db()).run(), setUp(db()).run(), setUp(db()).run()])
      expect(await brief()).toEqual([['prober_quiet', 'open']])
    })
  })

  it('changes nothing by what was read before somebody else changed it', async () => {
    await world(db())
    await db()
      .updateTable('prober')
      .set({ last_batch_at: new Date(0) })
      .execute()
    const { run, clock } = setUp(db())
    await run()
    const [was] = await readOpen(db())
    if (was === undefined) throw new Error('there is none')
    clock.ms += minuteMs
    await run()
    const random = (bytes: number) => new Uint8Array(randomBytes(bytes))
    await writeChanges(db(), [{ kind: 'cleared', was }], { nowMs: clock.ms, random })
    expect(await brief()).toEqual([['prober_quiet', 'open']])
  })

  it('leaves alone what a newer version has opened', async () => {
    await sql`insert into notice (id, kind, prober, provider, model, probe, first_seen, last_seen, details)
      values (gen_random_uuid(), 'of_tomorrow', 0, '', '', '', ${new Date(t0)}, ${new Date(t0)}, '{}')`.execute(db())
    await setUp(db()).run()
    expect(await brief()).toEqual([['of_tomorrow', 'open']])
  })
})
