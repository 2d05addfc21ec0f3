import { type Receipt, receiptHolds, successorIn } from '@llmstatus/shared/batch'
import { keyFromSeed, readToken, type SigningKey, type VerifyingKey } from '@llmstatus/shared/identity'
import { sha256 } from '@llmstatus/shared/ids'
import { beforeEach, describe, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { seededRandom } from '../../test/random.ts'
import { startMs, testApp } from '../../test/test-app.ts'
import { enrolled, enrolRequest, newToken, post, type SentRecord, type TestProber } from '../../test/test-prober.ts'
import { localAdmin } from '../admin/local-admin.ts'
import { type KeyFile, openKeys } from './keys.ts'

const dayMs = 86_400_000

eachEngine("the aggregator's key", database => {
  const random = seededRandom('aggregator')
  const all = Array.from({ length: 3 }, () => random(32))
  let first: SigningKey
  let second: SigningKey
  const clock = { ms: startMs, nowMs: (): number => clock.ms }
  beforeEach(async () => {
    clock.ms = startMs
    first = await keyFromSeed(all[0] as Uint8Array)
    second = await keyFromSeed(all[1] as Uint8Array)
  })

  /** One replica, with a file of its own that holds so many of the seeds. */
  const replica = async (kind: KeyFile['kind'] = 'own', seeds = 1) => {
    const file = {
      path: 'aggregator.key',
      kind,
      holds: seeds,
      read: () => all.slice(0, file.holds),
      add: () => void file.holds++,
    }
    const { db } = database.store()
    const keys = await openKeys({ db, clock, file })
    const test = await testApp(db, { keys, clock })
    const admin = localAdmin({ ...test.deps, publicUrl: 'http://127.0.0.1:8420' })
    return { ...test, keys, file, admin }
  }
  type Replica = Awaited<ReturnType<typeof replica>>

  const receiptFor = async (by: VerifyingKey, prober: TestProber, record: SentRecord, receipt: string) =>
    receiptHolds(by, receipt, { sub: prober.id, seq: prober.head().seq, h: sha256(record.jws) })

  const taken = async (at: Replica, prober: TestProber, aud: SigningKey): Promise<Receipt> => {
    const record = await prober.seal([], { aud: aud.kid })
    const response = await post(at.app, record)
    expect(response.statusCode, response.body).toBe(201)
    const receipt = await receiptFor(aud, prober, record, response.json().receipt)
    if (receipt === null) throw new Error('the receipt does not hold')
    return receipt
  }

  it('is followed by the next: receipts name it by the word of the one before, and the ledger holds', async () => {
    const one = await replica()
    const prober = await enrolled(one)
    expect((await taken(one, prober, first)).next).toBeUndefined()
    expect((await one.keys.rotate()).inForce.kid).toBe(second.kid)
    const receipt = await taken(one, prober, first)
    expect((await successorIn(first, receipt))?.kid).toBe(second.kid)
    expect((await taken(one, prober, second)).next).toBeUndefined()
    expect((await taken(one, prober, first)).next?.jwk).toEqual(second.jwk)
    expect(await one.admin.verifyLedger(null)).toMatchObject([{ records: 4, broken: null }])
    expect(await one.admin.keys()).toMatchObject({
      in_force: { kid: second.kid, since: new Date(startMs).toISOString() },
      former: [{ kid: first.kid, until: new Date(startMs + 7 * dayMs).toISOString(), held: true }],
      next: [],
    })
  })

  it('is taken for seven days after it was followed, and then nobody has to give up what he has', async () => {
    const one = await replica()
    const prober = await enrolled(one)
    await one.keys.rotate()
    clock.ms += 7 * dayMs - 1
    await taken(one, prober, first)
    clock.ms += 1
    const late = await post(one.app, await prober.seal([], { aud: first.kid }))
    expect([late.statusCode, late.json().code, late.json().detail]).toEqual([
      401,
      'unknown_key',
      expect.stringContaining('retired'),
    ])
    prober.rewind({ seq: 1, hash: prober.head().hash })
  })

  it('of tokens made before still enrols, as the key that the prober pins, until it is retired', async () => {
    const one = await replica()
    const tokens = [
      await newToken(one),
      await newToken(one, { ttlMs: 30 * dayMs }),
      await newToken(one, { ttlMs: 30 * dayMs }),
    ]
    await one.keys.rotate()
    expect(readToken((await newToken(one)).token)?.aggregator).toBe(second.kid)
    const enrol = async (n: number) =>
      enrolRequest(one, { token: tokens[n]?.token ?? '', key: await keyFromSeed(random(32)), name: `eu-${n}` })
    const answered = await enrol(0)
    expect([answered.statusCode, answered.json().jwk]).toEqual([201, first.jwk])
    clock.ms += 7 * dayMs
    const late = await enrol(1)
    expect([late.statusCode, late.json().code]).toEqual([401, 'token_invalid'])
  })

  it('can be followed again before the week is over: who missed one hears of the last', async () => {
    const one = await replica()
    const prober = await enrolled(one)
    await one.keys.rotate()
    await one.keys.rotate()
    const third = await keyFromSeed(all[2] as Uint8Array)
    expect((await successorIn(first, await taken(one, prober, first)))?.kid).toBe(third.kid)
    expect((await successorIn(second, await taken(one, prober, second)))?.kid).toBe(third.kid)
    expect((await taken(one, prober, third)).next).toBeUndefined()
  })

  it('that an interrupted rotation had made is the one that comes into force', async () => {
    const one = await replica('own', 2)
    expect((await one.admin.keys()).next).toEqual([second.kid])
    expect((await one.keys.rotate()).inForce.kid).toBe(second.kid)
    expect(one.file.holds).toBe(2)
  })

  describe('of several replicas', () => {
    it('cannot be followed before its file holds the next, and says what to do', async () => {
      const one = await replica('given')
      await expect(one.keys.rotate()).rejects.toMatchObject({
        code: 'usage',
        hint: expect.stringContaining('Add a line'),
      })
      const many = await replica('given', 3)
      await expect(many.keys.rotate()).rejects.toThrow('2 keys that were never in force')
    })

    it('is known by all who hold it, before they have heard that it is in force', async () => {
      const [one, other] = [await replica('given', 2), await replica('given', 2)]
      const prober = await enrolled(one)
      await one.keys.rotate()
      await taken(one, prober, first)
      expect((await taken(other, prober, second)).next).toBeUndefined()
      clock.ms += 20_000
      expect((await taken(other, prober, first)).next?.jwk).toEqual(second.jwk)
    })

    it('makes one that does not hold it answer that it should be asked again, until it does', async () => {
      const [one, other] = [await replica('given', 2), await replica('given', 1)]
      const prober = await enrolled(one)
      await one.keys.rotate()
      const record = await prober.seal([], { aud: second.kid })
      const refused = await post(other.app, record)
      expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '5'])
      other.file.holds = 2
      expect((await post(other.app, record)).statusCode).toBe(201)
    })

    it('comes into force once, whoever rotates at the same time', async () => {
      const [one, other] = [await replica('given', 2), await replica('given', 2)]
      const done = await Promise.allSettled([one.keys.rotate(), other.keys.rotate()])
      expect(done.filter(each => each.status === 'fulfilled')).toHaveLength(1)
      expect((await one.keys.fresh()).inForce.kid).toBe(second.kid)
    })
  })

  it('that the database does not know stops the start', async () => {
    await replica()
    const file = { path: 'k', kind: 'given', read: () => [all[1] as Uint8Array], add: () => undefined } as const
    await expect(openKeys({ db: database.store().db, clock, file })).rejects.toMatchObject({ code: 'key_mismatch' })
  })
})
