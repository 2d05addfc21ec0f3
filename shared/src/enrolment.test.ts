import fc from 'fast-check'
import type { GeneralJWS } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  type EnrolRequest,
  type EnrolToken,
  isExpired,
  keyFromSeed,
  openEnrolAnswer,
  readEnrolmentToken,
  readToken,
  signEnrolAnswer,
  signEnrolment,
  signJws,
  types,
  verifyEnrolment,
  writeToken,
} from './identity.ts'
import { atMs, keyNamed, proberId, sampleKeys } from './sample-records.ts'

const { prober, aggregator, stranger } = await sampleKeys()
const seed = new Uint8Array(32).fill(9)
const token = await keyFromSeed(seed)
const foreignToken = await keyNamed('foreign token')
const request: EnrolRequest = {
  v: 1,
  aud: aggregator.kid,
  jwk: prober.jwk,
  name: 'office-berlin',
  region: 'eu-central',
  version: '0.1.0',
  iat: atMs / 1000,
}
const envelope = await signEnrolment(token, prober, request)
const enrol = (given: unknown, by = token) => verifyEnrolment(by, given, aggregator.kid)
const part = (jws: GeneralJWS, at: number) => jws.signatures[at] ?? { signature: '' }

describe('an enrolment token', () => {
  const given: EnrolToken = { url: 'https://status.example:8420', aggregator: aggregator.kid, seed, expiresMs: atMs }

  it('reads back as it was written, pasted with white space around it', () => {
    const read = readToken(`\n ${writeToken(given)} \n`)
    expect(read).toEqual({ ...given, seed: Buffer.from(seed) })
  })

  it('expires at its second, and is still read so that this can be said', () => {
    const read = readToken(writeToken(given))
    expect(read && [isExpired(read, atMs - 1), isExpired(read, atMs)]).toEqual([false, true])
  })

  const body = { u: given.url, k: given.aggregator, s: Buffer.from(seed).toString('base64url'), e: atMs / 1000 }
  const written = (value: unknown) => `lls1.${Buffer.from(JSON.stringify(value)).toString('base64url')}`

  it.each([
    '',
    'lls1.',
    'lls1.e30',
    'lls1.!!!!',
    writeToken(given).replace('lls1', 'lls2'),
    writeToken(given).slice(0, -4),
    `${writeToken(given)} ${writeToken(given)}`,
    written({ ...body, x: 1 }),
    written({ ...body, u: 'ftp://status.example' }),
    written({ ...body, u: 'https://user:pass@status.example' }),
    written({ ...body, u: 'https://status.example/?a=b' }),
    written({ ...body, u: 'javascript:alert(1)' }),
    written({ ...body, k: 'x' }),
    written({ ...body, s: `${body.s.slice(0, -1)}l` }),
    written({ ...body, e: 1e15 }),
    written({ ...body, e: -1 }),
  ])('is not %.60s', text => {
    expect(readToken(text)).toBeNull()
  })
})

describe('an enrolment', () => {
  it('holds with both signatures, and names the token to look up', async () => {
    expect(readEnrolmentToken(envelope)).toBe(token.kid)
    expect(await enrol(envelope)).toEqual(request)
    expect(await enrol(JSON.parse(JSON.stringify(envelope)))).toEqual(request)
  })

  it('does not hold under another token', async () => {
    expect(await enrol(await signEnrolment(foreignToken, prober, request))).toBeNull()
    expect(await enrol(envelope, foreignToken)).toBeNull()
    expect(await enrol(await signEnrolment({ ...foreignToken, kid: token.kid }, prober, request))).toBeNull()
  })

  it('does not hold at another aggregator', async () => {
    expect(await verifyEnrolment(token, envelope, stranger.kid)).toBeNull()
  })

  it('does not hold with the key swapped on the way', async () => {
    const theirs = await signEnrolment(token, stranger, { ...request, jwk: stranger.jwk })
    const swapped = { payload: theirs.payload, signatures: [part(envelope, 0), part(theirs, 1)] }
    expect(await enrol(swapped)).toBeNull()
  })

  it('does not hold for a key that its sender does not have', async () => {
    expect(await enrol(await signEnrolment(token, stranger, request))).toBeNull()
    expect(await enrol(await signEnrolment(token, { ...stranger, kid: prober.kid }, request))).toBeNull()
  })

  it("does not make the token's own key an identity", async () => {
    expect(await enrol(await signEnrolment(token, token, { ...request, jwk: token.jwk }))).toBeNull()
  })

  it('has its two signatures in their places, and no third', async () => {
    const [first, second] = [part(envelope, 0), part(envelope, 1)]
    for (const signatures of [[second, first], [first, first], [second, second], [first], [], [first, second, second]])
      expect(await enrol({ payload: envelope.payload, signatures })).toBeNull()
  })

  it('carries nothing outside its signatures', async () => {
    const [first, second] = [part(envelope, 0), part(envelope, 1)]
    expect(await enrol({ ...envelope, header: { kid: 'x' } })).toBeNull()
    expect(
      await enrol({ ...envelope, signatures: [{ ...first, header: { jku: 'https://evil.example' } }, second] }),
    ).toBeNull()
    expect(await enrol(null)).toBeNull()
    expect(readEnrolmentToken([])).toBeNull()
  })

  it.each([
    { v: 2 },
    { x: 1 },
    { name: '<b>' },
    { name: 'a\u0000' },
    { region: 'a\nb' },
    { version: 'x'.repeat(33) },
    { version: '0.1\u0000' },
    { jwk: { ...prober.jwk, d: 'private' } },
    { iat: 1.5 },
  ])('does not hold with %j', async change => {
    expect(await enrol(await signEnrolment(token, prober, { ...request, ...change } as EnrolRequest))).toBeNull()
  })

  it('does not hold with any byte changed', async () => {
    const text = JSON.stringify(envelope)
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: text.length - 1 }), fc.integer({ min: 1, max: 127 }), async (at, flip) => {
        const bytes = Buffer.from(text)
        bytes[at] = (bytes[at] ?? 0) ^ flip
        const changed = parse(bytes.toString('latin1'))
        expect(changed === undefined ? null : await enrol(changed)).toBeNull()
      }),
      { interruptAfterTimeLimit: 500 },
    )
  })
})

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

describe('the answer to an enrolment', () => {
  const answer = { prober_id: proberId, state: 'pending', thumbprint: prober.kid } as const
  const expected = { aggregator: aggregator.kid, prober: prober.kid }

  it('brings the key whose thumbprint the token pinned', async () => {
    const opened = await openEnrolAnswer(await signEnrolAnswer(aggregator, answer), expected)
    expect(opened?.answer).toEqual({ ...answer, jwk: aggregator.jwk })
    expect(opened?.aggregator.kid).toBe(aggregator.kid)
  })

  it('is nothing by another key, whatever it says of itself', async () => {
    expect(await openEnrolAnswer(await signEnrolAnswer(stranger, answer), expected)).toBeNull()
    const claiming = { ...answer, jwk: aggregator.jwk }
    expect(await openEnrolAnswer(await signJws(stranger, types.receipt, claiming), expected)).toBeNull()
    const posing = { ...stranger, kid: aggregator.kid }
    expect(await openEnrolAnswer(await signJws(posing, types.receipt, claiming), expected)).toBeNull()
  })

  it('is nothing for another prober, as another type, or in no shape at all', async () => {
    expect(
      await openEnrolAnswer(await signEnrolAnswer(aggregator, { ...answer, thumbprint: stranger.kid }), expected),
    ).toBeNull()
    const typed = await signJws(aggregator, types.enrol, { ...answer, jwk: aggregator.jwk })
    expect(await openEnrolAnswer(typed, expected)).toBeNull()
    for (const text of ['', 'a.b.c', '<html>Please log in</html>'])
      expect(await openEnrolAnswer(text, expected)).toBeNull()
  })

  it('may say more than we know', async () => {
    const more = await signJws(aggregator, types.receipt, { ...answer, jwk: aggregator.jwk, motd: 'hello' })
    expect(await openEnrolAnswer(more, expected)).not.toBeNull()
  })
})
