import { packBody, signBatch } from '@llmstatus/shared/batch'
import { keyFromSeed } from '@llmstatus/shared/identity'
import { beforeEach, describe, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { definitionLine, resultLine } from '../../test/lines.ts'
import { seededRandom } from '../../test/random.ts'
import { startMs, type TestApp, testApp } from '../../test/test-app.ts'
import { enrolled, enrolRequest, newToken, post, type TestProber } from '../../test/test-prober.ts'

eachEngine('the chain of a prober', database => {
  let test: TestApp
  let prober: TestProber
  beforeEach(async () => {
    test = await testApp(database.store().db)
    prober = await enrolled(test)
  })

  const batch = (count = 1) =>
    prober.seal([
      definitionLine(startMs),
      ...Array.from({ length: count }, (_, n) => resultLine(prober.uuid(), startMs - 60_000 + n)),
    ])
  const row = () => database.store().db.selectFrom('prober').selectAll().executeTakeFirstOrThrow()
  const setState = (state: 'approved' | 'pending' | 'revoked') =>
    database.store().db.updateTable('prober').set({ state }).execute()
  const answer = async (sent: Parameters<typeof post>[1]) => {
    const response = await post(test.app, sent)
    const { code, expected_seq, head, seq } = response.json()
    return { status: response.statusCode, code, expected_seq, head, seq }
  }
  const refused = (status: number, code: string) => expect.objectContaining({ status, code })

  describe('a gap', () => {
    it('is answered with what is expected, and nothing is stored', async () => {
      const first = prober.head()
      await batch()
      const second = await batch()
      expect(await answer(second)).toEqual({
        status: 409,
        code: 'gap',
        expected_seq: 1,
        head: first.hash,
        seq: undefined,
      })
      expect(await row()).toMatchObject({ head_seq: 0, state: 'approved' })
    })

    it('closes when what was missing comes', async () => {
      const [first, second] = [await batch(), await batch()]
      expect((await answer(second)).status).toBe(409)
      expect((await answer(first)).status).toBe(201)
      expect((await answer(second)).status).toBe(201)
    })

    it('is jumped by a signed record of what was lost, which stays in the ledger', async () => {
      await post(test.app, await batch())
      const lost = { from_seq: 2, to_seq: 4, from: null, to: null, lost: 120, reason: 'spool_full' as const }
      expect(await answer(await prober.gap(lost))).toMatchObject({ status: 201, seq: 5 })
      expect(await answer(await batch())).toMatchObject({ status: 201, seq: 6 })
      const ledger = await database.store().db.selectFrom('ledger').select(['seq', 'gap']).orderBy('seq').execute()
      expect(ledger).toEqual([
        { seq: 1, gap: null },
        { seq: 5, gap: lost },
        { seq: 6, gap: null },
      ])
    })

    it('is not jumped from anywhere but the head', async () => {
      await post(test.app, await batch())
      const lost = { from_seq: 3, to_seq: 4, from: null, to: null, lost: 1, reason: 'corrupt' as const }
      expect(await answer(await prober.gap(lost))).toMatchObject({ status: 409, code: 'gap', expected_seq: 2 })
    })

    it('far beyond what a column holds is refused before it gets there', async () => {
      const lost = { from_seq: 1, to_seq: 2 ** 40, from: null, to: null, lost: 1, reason: 'corrupt' as const }
      expect(await answer(await prober.gap(lost))).toEqual(refused(422, 'bad_claims'))
    })
  })

  describe('a fork', () => {
    it('puts the prober into quarantine, and says where we are', async () => {
      await post(test.app, await batch())
      const taken = prober.head()
      prober.rewind({ seq: 0, hash: 'A'.repeat(43) })
      test.clock.ms += 1000
      expect(await answer(await batch(2))).toMatchObject({
        status: 409,
        code: 'fork',
        expected_seq: 2,
        head: taken.hash,
      })
      expect(await row()).toMatchObject({ state: 'quarantined', state_since: new Date(startMs + 1000), head_seq: 1 })
      expect(await answer(await batch())).toEqual(refused(403, 'quarantined'))
    })

    it('is also another past of the next place', async () => {
      await post(test.app, await batch())
      prober.rewind({ seq: 1, hash: `${'B'.repeat(42)}A` })
      expect(await answer(await batch())).toEqual(refused(409, 'fork'))
    })

    it('is nothing that the first record can be', async () => {
      const sent = await batch()
      expect((await answer(sent)).status).toBe(201)
      expect((await answer(sent)).status).toBe(200)
      expect((await row()).state).toBe('approved')
    })

    it('of two batches sent at once for one place is found, whichever came first', async () => {
      const start = prober.head()
      const one = await batch(1)
      prober.rewind(start)
      const other = await batch(2)
      const answers = await Promise.all([one, other].map(answer))
      expect(answers.map(each => each.status).sort()).toEqual([201, 409])
      expect(await row()).toMatchObject({ state: 'quarantined', head_seq: 1 })
    })
  })

  describe('a rotation', () => {
    const successor = () => keyFromSeed(seededRandom('successor')(32))

    it('changes the key from the next record on', async () => {
      await post(test.app, await batch())
      const next = await successor()
      expect(await answer(await prober.rotate(next))).toMatchObject({ status: 201, seq: 2 })
      expect(await answer(await batch())).toMatchObject({ status: 201, seq: 3 })
      expect(await row()).toMatchObject({ kid: next.kid, head_seq: 3 })
    })

    it('whose receipt was lost is answered again, though its key is no longer in force', async () => {
      const rotation = await prober.rotate(await successor())
      expect((await answer(rotation)).status).toBe(201)
      expect((await answer(rotation)).status).toBe(200)
    })

    it('ends the old key: it can say nothing new, and cannot accuse the new one', async () => {
      const old = prober.key()
      await post(test.app, await prober.rotate(await successor()))
      const sent = await batch()
      await post(test.app, sent)
      const claims = JSON.parse(Buffer.from(sent.jws.split('.')[1] ?? '', 'base64url').toString())
      const body = packBody([])
      const places = [
        { seq: 1, prev: claims.prev },
        { seq: 2, prev: claims.prev },
        { seq: prober.head().seq + 1, prev: prober.head().hash },
      ]
      for (const place of places) {
        const jws = await signBatch(old, { ...claims, ...place }, body)
        expect(await answer({ jws, body: body.bytes })).toEqual(refused(401, 'unknown_key'))
      }
      expect(await row()).toMatchObject({ state: 'approved', head_seq: 2 })
    })

    it('to a key that is enrolled already is refused', async () => {
      const other = await enrolled(test, 'other')
      expect(await answer(await prober.rotate(other.key()))).toEqual(refused(422, 'bad_claims'))
    })
  })

  describe('a prober', () => {
    it('that nobody enrolled is unknown', async () => {
      await database.store().db.deleteFrom('prober_key').execute()
      expect(await answer(await batch())).toEqual(refused(401, 'unknown_key'))
    })

    it('waits until it is approved, and sends nothing once it is revoked', async () => {
      const sent = await batch()
      await setState('pending')
      expect(await answer(sent)).toEqual(refused(403, 'not_approved'))
      await setState('revoked')
      expect(await answer(sent)).toEqual(refused(403, 'revoked'))
      await setState('approved')
      expect((await answer(sent)).status).toBe(201)
    })

    it('cannot speak for another', async () => {
      const other = await enrolled(test, 'other')
      const sent = await prober.sign(packBody([]), { iss: other.id })
      expect(await answer(sent)).toEqual(refused(422, 'bad_claims'))
    })

    it('that enrolled by hand is pending', async () => {
      const { token } = await newToken(test, { approval: 'by_hand' })
      const key = await keyFromSeed(seededRandom('by hand')(32))
      expect((await enrolRequest(test, { token, key, name: 'by hand' })).statusCode).toBe(201)
      expect(
        await database.store().db.selectFrom('prober').select('state').where('name', '=', 'by hand').execute(),
      ).toEqual([{ state: 'pending' }])
    })
  })
})
