import {
  EnrolAnswer,
  keyFromJwk,
  keyFromSeed,
  openEnrolAnswer,
  readToken,
  type SigningKey,
  signEnrolment,
} from '@llmstatus/shared/identity'
import { beforeEach, describe, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { seededRandom } from '../../test/random.ts'
import { startMs, type TestApp, testApp } from '../../test/test-app.ts'
import { enrolRequest, newToken } from '../../test/test-prober.ts'

const hourMs = 3_600_000
const keyOf = (name: string) => keyFromSeed(seededRandom(name)(32))

eachEngine('enrolment', database => {
  let test: TestApp
  let key: SigningKey
  beforeEach(async () => {
    test = await testApp(database.store().db)
    key = await keyOf('prober')
  })

  const enrol = async (token: string, over: { key?: SigningKey; name?: string } = {}) => {
    const response = await enrolRequest(test, { token, key, name: 'eu-1', ...over })
    return { status: response.statusCode, ...response.json() }
  }
  const opened = (answer: string) => openEnrolAnswer(answer, { aggregator: test.key.kid, prober: key.kid })
  const stateOf = async (id: string) => {
    const response = await test.app.inject({ url: `/api/v1/enrol/${id}`, headers: { host: 'localhost' } })
    return [response.statusCode, response.json().state]
  }

  it('is answered with an id and a state that the aggregator signed, and its key beside them', async () => {
    const { token } = await newToken(test, { approval: 'by_hand' })
    const { status, answer, jwk } = await enrol(token)
    expect(status).toBe(201)
    expect((await keyFromJwk(jwk)).kid).toBe(readToken(token)?.aggregator)
    const read = await opened(answer)
    expect(read?.answer).toMatchObject({ state: 'pending', thumbprint: key.kid })
    expect(await stateOf(read?.answer.prober_id ?? '')).toEqual([200, 'pending'])
  })

  it('with a token that says so is approved at once', async () => {
    const { answer } = await enrol((await newToken(test)).token)
    expect(EnrolAnswer.parse((await opened(answer))?.answer).state).toBe('approved')
  })

  it('whose answer was lost is given again, even after the token has expired', async () => {
    const { token } = await newToken(test)
    const first = await enrol(token)
    test.clock.ms += 100 * hourMs
    expect(await enrol(token)).toEqual({ ...first, status: 200 })
    expect(await database.store().db.selectFrom('prober').selectAll().execute()).toHaveLength(1)
  })

  it('ten times at once makes one prober', async () => {
    const { token } = await newToken(test)
    const answers = await Promise.all(Array.from({ length: 10 }, () => enrol(token)))
    expect(answers.map(answer => answer.status).sort()).toEqual([...Array(9).fill(200), 201])
    expect(await database.store().db.selectFrom('prober').selectAll().execute()).toHaveLength(1)
  })

  it('of the same key with another token is the same prober', async () => {
    const first = await opened((await enrol((await newToken(test, { approval: 'by_hand' })).token)).answer)
    const { status, answer } = await enrol((await newToken(test)).token)
    expect(status).toBe(200)
    expect((await opened(answer))?.answer).toMatchObject({ prober_id: first?.answer.prober_id, state: 'approved' })
  })

  it('does not bring a revoked prober back', async () => {
    await enrol((await newToken(test)).token)
    await database.store().db.updateTable('prober').set({ state: 'revoked' }).execute()
    const { answer } = await enrol((await newToken(test)).token)
    expect((await opened(answer))?.answer.state).toBe('revoked')
  })

  describe('is refused', () => {
    it('with a token that was used by another', async () => {
      const { token } = await newToken(test)
      await enrol(token)
      expect(await enrol(token, { key: await keyOf('other'), name: 'other' })).toMatchObject({
        status: 409,
        code: 'token_used',
      })
    })

    it('with a name that is taken, and leaves the token unused', async () => {
      await enrol((await newToken(test)).token)
      const { token } = await newToken(test)
      const other = await keyOf('other')
      expect(await enrol(token, { key: other })).toMatchObject({ status: 409, code: 'name_taken' })
      expect(await enrol(token, { key: other, name: 'eu-2' })).toMatchObject({ status: 201 })
    })

    it('with a token that has expired', async () => {
      const { token } = await newToken(test, { ttlMs: hourMs })
      test.clock.ms = startMs + hourMs
      expect(await enrol(token)).toMatchObject({ status: 401, code: 'token_invalid' })
    })

    it('with a token that was never made here', async () => {
      const { token } = await newToken(test)
      await database.store().db.deleteFrom('enrol_token').execute()
      expect(await enrol(token)).toMatchObject({ status: 401, code: 'token_invalid' })
    })

    it('where somebody on the way puts another key into it', async () => {
      const { token } = await newToken(test)
      const seed = await keyFromSeed(readToken(token)?.seed ?? new Uint8Array())
      const thief = await keyOf('thief')
      const request = {
        v: 1,
        aud: test.key.kid,
        jwk: key.jwk,
        name: 'eu-1',
        region: null,
        version: '0.1.0',
        iat: 0,
      } as const
      const honest = await signEnrolment(seed, key, request)
      const stolen = await signEnrolment(thief, thief, { ...request, jwk: thief.jwk })
      for (const payload of [
        { ...honest, payload: stolen.payload },
        { ...stolen, signatures: [honest.signatures[0], stolen.signatures[1]] },
        { ...honest, signatures: honest.signatures.toReversed() },
        stolen,
        null,
        [],
        'x',
      ]) {
        const response = await test.app.inject({
          method: 'POST',
          url: '/api/v1/enrol',
          headers: { 'content-type': 'application/jose+json', host: 'localhost' },
          payload: JSON.stringify(payload),
        })
        expect([response.statusCode, response.json().code]).toEqual([401, 'token_invalid'])
      }
      expect(await database.store().db.selectFrom('prober').selectAll().execute()).toEqual([])
    })

    it('when it is large, of another type, or no JSON', async () => {
      const send = async (type: string, payload: string) => {
        const headers = { 'content-type': type, host: 'localhost' }
        const response = await test.app.inject({ method: 'POST', url: '/api/v1/enrol', headers, payload })
        return [response.statusCode, response.json().code]
      }
      expect(await send('application/jose+json', `"${'x'.repeat(20_000)}"`)).toEqual([413, 'too_large'])
      expect(await send('application/json', '{}')).toEqual([415, 'unsupported_media_type'])
      expect(await send('application/jose+json', '{')).toEqual([401, 'token_invalid'])
    })
  })

  it('keeps nothing of a token that could enrol', async () => {
    const { token } = await newToken(test)
    const rows = JSON.stringify(await database.store().db.selectFrom('enrol_token').selectAll().execute())
    const seed = Buffer.from(readToken(token)?.seed ?? [])
    expect(seed).toHaveLength(32)
    for (const form of ['base64url', 'base64', 'hex'] as const) expect(rows).not.toContain(seed.toString(form))
  })

  it('of an id that nobody has is not found', async () => {
    expect((await stateOf('0193489c-0000-7000-8000-000000000001'))[0]).toBe(404)
    expect((await stateOf('nonsense'))[0]).toBe(404)
  })
})
