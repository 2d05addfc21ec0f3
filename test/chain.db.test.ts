import { keyFromJwk, keyFromSeed } from '@llmstatus/shared/identity'
import { ProberId } from '@llmstatus/shared/ids'
import { writeLedgerLine } from '@llmstatus/shared/ledger'
import { verifyExport } from '@llmstatus/shared/ledger-report'
import { beforeEach, describe, expect, it } from 'vitest'
import { localAdmin } from '../aggregator/src/admin/local-admin.ts'
import { makeRing } from '../aggregator/src/keys/key-ring.ts'
import { definitionLine, resultLine } from '../aggregator/test/lines.ts'
import { seededRandom } from '../aggregator/test/random.ts'
import { startMs, type TestApp, testApp } from '../aggregator/test/test-app.ts'
import { enrolled, post, type TestProber } from '../aggregator/test/test-prober.ts'
import { leaveAsk } from '../prober/src/report/asks.ts'
import { loadIdentity, saveIdentity } from '../prober/src/report/identity-file.ts'
import { createKeyring } from '../prober/src/report/keyring.ts'
import { createNotary } from '../prober/src/report/notary.ts'
import { type CrashDisk, createDisk } from '../prober/test/crash-disk.ts'
import { drain, openOn } from '../prober/test/open-spool.ts'
import { eachEngine } from './postgres.ts'

/** The prober's spool and keys against the aggregator's door and database: both as they ship, without the network. */

eachEngine('a chain between both programs', database => {
  let test: TestApp
  let prober: TestProber
  let disk: CrashDisk
  let starts = 0
  const clock = { nowMs: () => test.clock.ms, monoUs: () => 0 }

  beforeEach(async () => {
    test = await testApp(database.store().db)
    prober = await enrolled(test)
    disk = createDisk()
    const aggregator = { url: 'http://127.0.0.1:8420', key: await keyFromJwk(test.key.jwk) }
    const enrolledAt = new Date(startMs).toISOString()
    await saveIdentity(disk.files, { prober: prober.id, aggregator, enrolledAt }, seededRandom('prober eu-1')(32))
  })

  const aggregator = {
    take: async (jws: string, body: Uint8Array) => {
      const response = await post(test.app, { jws, body })
      return { status: response.statusCode, body: response.json() }
    },
  }

  /** As at a start. */
  const start = async (on = disk) => {
    const identity = await loadIdentity(on.files)
    if (identity === null) throw new Error('no identity')
    const random = seededRandom(`start ${starts++}`)
    const keys = createKeyring(identity, { files: on.files, clock, random, tell: () => undefined })
    const about = () => ({ version: '0.1.0', region: null, continent: null, offset_ms: null })
    const boot = { id: prober.uuid(), monoUs: 0 }
    const notary = createNotary({
      prober: identity.prober,
      keys,
      boot,
      clock,
      random,
      defs: () => 'A'.repeat(43),
      about,
    })
    const { spool } = await openOn(on, { nowMs: clock.nowMs })
    const say = async (count = 1) => {
      const results = Array.from({ length: count }, () => resultLine(prober.uuid(), startMs))
      await spool.append([definitionLine(startMs), ...results].map(line => JSON.stringify(line)))
      return drain(spool, notary, aggregator)
    }
    return { keys, notary, spool, say }
  }

  const db = () => database.store().db
  const row = () => db().selectFrom('prober').selectAll().executeTakeFirstOrThrow()
  const rows = async () => (await db().selectFrom('result').select('id').execute()).length
  const admin = () => localAdmin({ ...test.deps, publicUrl: 'http://127.0.0.1:8420' })
  const ledger = async () => {
    const [report] = await admin().verifyLedger(null)
    return report
  }

  const restoreTo = async (seq: number) => {
    const at = await db().selectFrom('ledger').select('hash').where('seq', '=', seq).executeTakeFirstOrThrow()
    await db().deleteFrom('ledger').where('seq', '>', seq).execute()
    await db().deleteFrom('result').execute()
    await db().updateTable('prober').set({ head_seq: seq, head_hash: at.hash }).execute()
  }

  it('goes over a rotation of the key of the prober, and both sides agree which is in force', async () => {
    const run = await start()
    await run.say()
    const { kid: before } = await row()
    await leaveAsk(disk.files, 'rotate')
    await run.keys.tend()
    expect(await run.say(2)).toEqual(['nothing'])
    const identity = await loadIdentity(disk.files)
    expect(identity?.successor).toBeNull()
    expect((await row()).kid).toBe(identity?.key.kid)
    expect((await row()).kid).not.toBe(before)
    const again = await start()
    expect(await again.say()).toEqual(['nothing'])
    expect(await ledger()).toMatchObject({ records: 4, broken: null })
    expect(await rows()).toBe(4)
  })

  it('goes over a rotation of the key of the aggregator, which then is the one that batches name', async () => {
    const before = test.key
    const after = await keyFromSeed(seededRandom('the next key')(32))
    const run = await start()
    await run.say()
    const until = { kid: before.kid, sinceMs: startMs, untilMs: startMs + 7 * 24 * 3_600_000 }
    const ring = await makeRing({ held: [before, after], inForce: after.kid, sinceMs: startMs, former: [until] })
    if (ring === null) throw new Error('no ring')
    Object.assign(test.deps.keys, { ring: async () => ring, fresh: async () => ring })
    await run.say()
    expect((await loadIdentity(disk.files))?.aggregator.next?.kid).toBe(after.kid)
    await run.say()
    expect((await loadIdentity(disk.files))?.aggregator).toMatchObject({ key: { kid: after.kid }, next: null })
    test.clock.ms = until.untilMs + 1
    expect(await run.say()).toEqual(['nothing'])
    const [report] = await admin().verifyLedger(null)
    expect(report).toMatchObject({ records: 4, to: 4 })
  })

  it('is whole again behind a restore of the database, byte for byte', async () => {
    const run = await start()
    for (let batch = 0; batch < 5; batch++) await run.say()
    const before = await db().selectFrom('ledger').select(['seq', 'hash', 'body']).orderBy('seq').execute()
    await restoreTo(2)
    expect(await run.say()).toEqual(['resending', 'nothing'])
    const after = await db().selectFrom('ledger').select(['seq', 'hash', 'body']).orderBy('seq').execute()
    expect(after.slice(0, 5)).toEqual(before)
    expect(after).toHaveLength(6)
    expect(await ledger()).toMatchObject({ records: 6, to: 6, broken: null })
  })

  it('is told again a rotation that a restore has lost', async () => {
    const run = await start()
    await run.say()
    await leaveAsk(disk.files, 'rotate')
    await run.keys.tend()
    await run.say()
    const first = await db()
      .selectFrom('prober_key')
      .select(['kid', 'jwk'])
      .orderBy('first_seq')
      .limit(1)
      .executeTakeFirstOrThrow()
    await restoreTo(1)
    await db().deleteFrom('prober_key').where('kid', '<>', first.kid).execute()
    await db().updateTable('prober_key').set({ last_seq: null }).execute()
    await db()
      .updateTable('prober')
      .set({ kid: first.kid, jwk: JSON.stringify(first.jwk) })
      .execute()
    expect(await run.say()).toEqual(['resending', 'nothing'])
    expect(await ledger()).toMatchObject({ records: 4, broken: null })
  })

  describe('of a prober whose volume was restored', () => {
    const restored = async () => {
      const run = await start()
      await run.say()
      const yesterday = disk.crash(most => most)
      for (let batch = 0; batch < 3; batch++) await run.say()
      return start(yesterday)
    }

    it('forks: the aggregator says where it stands and holds it, and nothing more is sent', async () => {
      const run = await restored()
      expect(await run.say()).toEqual(['forked'])
      expect(await row()).toMatchObject({ state: 'quarantined', head_seq: 4 })
      expect(run.spool.status().forked).toBe(true)
      expect(await run.say()).toEqual(['nothing'])
    })

    it('goes on where somebody says rewound here and release there, with a gap record, and nothing lost or doubled', async () => {
      const run = await restored()
      await run.say()
      expect(await run.spool.rewind()).toBe(true)
      const waiting = await run.spool.next(run.notary)
      expect((await aggregator.take(waiting?.jws ?? '', new Uint8Array())).body).toMatchObject({ code: 'quarantined' })
      await admin().move('eu-1', 'release')
      expect(await run.say()).toEqual(['nothing'])
      expect(await row()).toMatchObject({ state: 'approved' })
      const gaps = await db().selectFrom('ledger').select(['seq', 'gap']).where('gap', 'is not', null).execute()
      expect(gaps).toEqual([{ seq: 5, gap: expect.objectContaining({ reason: 'rewound', from_seq: 5, to_seq: 4 }) }])
      expect(await ledger()).toMatchObject({ to: 7, broken: null })
      expect(await rows()).toBe(6)
    })
  })

  it('is intact in an export too, for whoever has the keys', async () => {
    const run = await start()
    for (let batch = 0; batch < 3; batch++) await run.say()
    const stored = await db().selectFrom('ledger').select(['jws', 'body', 'receipt']).orderBy('seq').execute()
    const lines = async function* () {
      for (const record of stored) yield writeLedgerLine(record, startMs)
    }
    const identity = await loadIdentity(disk.files)
    if (identity === null) throw new Error('no identity')
    const report = await verifyExport(lines(), {
      prober: ProberId.parse(prober.id),
      keys: [identity.key],
      aggregators: [identity.aggregator.key],
    })
    expect(report).toMatchObject({ from: 1, to: 3, results: 3, definitions: 3, receipts: 'checked', broken: null })
  })
})
