import { keyFromSeed } from '@llmstatus/shared/identity'
import { beforeEach, describe, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { definitionLine, resultLine } from '../../test/lines.ts'
import { seededRandom } from '../../test/random.ts'
import { startMs, type TestApp, testApp } from '../../test/test-app.ts'
import { enrolled, post, type TestProber } from '../../test/test-prober.ts'
import { verifyLedger } from './verify-ledger.ts'

eachEngine('the ledger', database => {
  let test: TestApp
  let prober: TestProber
  beforeEach(async () => {
    test = await testApp(database.store().db)
    prober = await enrolled(test)
    const batch = () => prober.seal([definitionLine(startMs), resultLine(prober.uuid(), startMs)])
    await post(test.app, await batch())
    await post(test.app, await batch())
    await post(test.app, await prober.rotate(await keyFromSeed(seededRandom('next')(32))))
    const lost = { from_seq: 4, to_seq: 5, from: null, to: null, lost: 7, reason: 'spool_full' as const }
    await post(test.app, await prober.gap(lost))
    await post(test.app, await batch())
  })

  const verify = async () => {
    const { db } = database.store()
    const row = await db.selectFrom('prober').selectAll().executeTakeFirstOrThrow()
    return verifyLedger({ db, aggregators: [test.key] }, row)
  }
  const ledger = () => database.store().db.updateTable('ledger')

  it('holds from its first record to its head, over a rotation and a gap', async () => {
    expect(await verify()).toEqual({
      prober: prober.id,
      name: 'eu-1',
      records: 5,
      lines: 6,
      from: 1,
      to: 7,
      broken: null,
    })
  })

  describe('is broken where', () => {
    it('a byte of a body was changed', async () => {
      const { body } = await database
        .store()
        .db.selectFrom('ledger')
        .select('body')
        .where('seq', '=', 2)
        .executeTakeFirstOrThrow()
      const changed = Buffer.from(body)
      changed[20] = (changed[20] ?? 0) ^ 1
      await ledger().set({ body: changed }).where('seq', '=', 2).execute()
      expect(await verify()).toMatchObject({
        records: 1,
        broken: { seq: 2, why: expect.stringMatching(/digest_mismatch/) },
      })
    })

    it('a record was taken out', async () => {
      await database.store().db.deleteFrom('ledger').where('seq', '=', 2).execute()
      expect(await verify()).toMatchObject({ broken: { seq: 3, why: 'a record is missing before it' } })
    })

    it('the last record was taken out', async () => {
      await database.store().db.deleteFrom('ledger').where('seq', '=', 7).execute()
      expect(await verify()).toMatchObject({ broken: { seq: 7 } })
    })

    it('another record of the same prober was put in its place', async () => {
      const row = await database
        .store()
        .db.selectFrom('ledger')
        .selectAll()
        .where('seq', '=', 1)
        .executeTakeFirstOrThrow()
      await ledger().set({ jws: row.jws, body: row.body, hash: row.hash }).where('seq', '=', 2).execute()
      expect(await verify()).toMatchObject({ broken: { seq: 2, why: 'it says it is 1, and 1 came before it' } })
    })

    it('a receipt is not ours', async () => {
      const { receipt } = await database
        .store()
        .db.selectFrom('ledger')
        .select('receipt')
        .where('seq', '=', 1)
        .executeTakeFirstOrThrow()
      await ledger().set({ receipt }).where('seq', '=', 2).execute()
      expect(await verify()).toMatchObject({ broken: { seq: 2, why: 'its receipt is not by the aggregator' } })
    })

    it('the number of its lines was changed', async () => {
      await ledger().set({ n: 3 }).where('seq', '=', 1).execute()
      expect(await verify()).toMatchObject({ broken: { seq: 1, why: 'it holds 2 lines, and 3 were taken' } })
    })

    it('the head was moved', async () => {
      await database.store().db.updateTable('prober').set({ head_seq: 9 }).execute()
      expect(await verify()).toMatchObject({ broken: { seq: 8, why: 'the head says 9, and nothing is there' } })
    })
  })
})
