import { beforeEach, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { definitionLine, resultLine } from '../../test/lines.ts'
import { startMs, type TestApp, testApp } from '../../test/test-app.ts'
import { enrolled, post, type SentRecord } from '../../test/test-prober.ts'
import { ingestLimits } from './limits.ts'

eachEngine('what one prober may send', database => {
  let test: TestApp
  beforeEach(async () => {
    const rates = { batches: { perS: 0.5, burst: 3 }, bytes: { perS: 1e6, burst: 1e6 } }
    test = await testApp(database.store().db, { limits: { ...ingestLimits, rates, storeMs: 300 } })
  })

  const records = async () => (await database.store().db.selectFrom('ledger').select('seq').execute()).length

  it('is told when to come again, nothing of it is lost, and others are not held up', async () => {
    const [one, other] = [await enrolled(test, 'one'), await enrolled(test, 'other')]
    for (let n = 0; n < 3; n++) expect((await post(test.app, await one.seal([]))).statusCode).toBe(201)
    const fourth = await one.seal([definitionLine(startMs), resultLine(one.uuid(), startMs)])
    const refused = await post(test.app, fourth)
    expect([refused.statusCode, refused.json().code, refused.headers['retry-after']]).toEqual([
      429,
      'rate_limited',
      '2',
    ])
    expect((await post(test.app, await other.seal([]))).statusCode).toBe(201)
    expect(await records()).toBe(4)
    test.clock.ms += 2000
    expect((await post(test.app, fourth)).statusCode).toBe(201)
    expect(await records()).toBe(5)
  })

  it('cannot be spent by somebody who does not have its key', async () => {
    const prober = await enrolled(test)
    const good = await prober.seal([])
    const [header, payload] = good.jws.split('.')
    const forged: SentRecord = { ...good, jws: [header, payload, 'A'.repeat(86)].join('.') }
    for (let n = 0; n < 10; n++) expect((await post(test.app, forged)).statusCode).toBe(422)
    expect((await post(test.app, good)).statusCode).toBe(201)
  })

  it('is answered in time where the database is stuck, and lands once when it is not', async () => {
    const prober = await enrolled(test)
    const sent = await prober.seal([definitionLine(startMs), resultLine(prober.uuid(), startMs)])
    let letGo = (): void => undefined
    const held = new Promise<void>(resolve => {
      letGo = resolve
    })
    // on a server the row is locked by another connection; the embedded database has only one
    const holding = database
      .store()
      .db.transaction()
      .execute(async trx => {
        await trx.selectFrom('prober').selectAll().forUpdate().execute()
        await held
      })
    const refused = await post(test.app, sent)
    expect([refused.statusCode, refused.json().code, refused.headers['retry-after']]).toEqual([503, 'unavailable', '5'])
    letGo()
    await holding
    test.clock.ms += 10_000
    expect([200, 201]).toContain((await post(test.app, sent)).statusCode)
    const rows = await database.store().db.selectFrom('result').select('id').execute()
    expect([await records(), rows.length]).toEqual([1, 1])
  })
})
