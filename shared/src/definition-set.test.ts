import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import type { GeneralJWS } from 'jose'
import { describe, expect, it } from 'vitest'
import {
  openDefinitionSet,
  type SetRefusal,
  sealDefinitionSet,
  setLimits,
  verifyDefinitionSet,
} from './definition-set.ts'
import { signJws, types } from './jws.ts'
import { atMs, headerText, keyNamed, signTexts } from './sample-records.ts'

const publisher = await keyNamed('publisher')
const successor = await keyNamed('successor')
const stranger = await keyNamed('stranger')

const definition = { provider: 'openai', model: 'gpt-5-nano', probe_type: 'chat', name: 'sums', every: '5m' }
const inDays = (days: number) => new Date(atMs + days * 86_400_000).toISOString()
const set = { version: 7, expires: inDays(7), definitions: [definition] }
const sealed = await sealDefinitionSet([publisher], set)

const open = (text: string, keys = [publisher]) => openDefinitionSet(text, keys, atMs)
const reasonOf = async (text: string, keys = [publisher]): Promise<SetRefusal | 'ok'> => {
  const opened = await open(text, keys)
  return opened.ok ? 'ok' : opened.reason
}

const envelopeOf = (text: string): GeneralJWS => JSON.parse(text)
const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** Signed by the publisher as whatever the texts are, in an envelope. */
const signText = (payload: string, header = headerText(publisher, types.definitions)): string => {
  const [head, body, signature] = signTexts(publisher, header, payload).split('.')
  return JSON.stringify({ payload: body, signatures: [{ protected: head, signature }] })
}

const payloadWith = (change: object) => JSON.stringify({ v: 1, ...set, ...change })

describe('a set of definitions', () => {
  it('opens for who trusts its key, and says who signed it', async () => {
    expect(await open(sealed)).toMatchObject({ ok: true, set: { ...set, signers: [publisher.kid] } })
  })

  it('is signed once by each key, and either is enough', async () => {
    const both = await sealDefinitionSet([publisher, successor], set)
    expect(await reasonOf(both, [publisher])).toBe('ok')
    expect(await reasonOf(both, [successor])).toBe('ok')
    expect(await reasonOf(both, [stranger])).toBe('untrusted_key')
    const opened = await open(both, [successor, publisher])
    expect(opened.ok && opened.set.signers).toEqual([publisher.kid, successor.kid])
  })

  it('is refused where one of two listed keys did not sign what the other one did', async () => {
    const [mine, other] = [envelopeOf(sealed), envelopeOf(await sealDefinitionSet([successor], { ...set, version: 8 }))]
    const mixed = JSON.stringify({ payload: mine.payload, signatures: [...mine.signatures, ...other.signatures] })
    expect(await reasonOf(mixed, [publisher, successor])).toBe('bad_signature')
    expect(await reasonOf(mixed, [publisher])).toBe('ok')
  })

  it('is refused with two signatures of one key', async () => {
    const { payload, signatures } = envelopeOf(sealed)
    expect(await reasonOf(JSON.stringify({ payload, signatures: [...signatures, ...signatures] }))).toBe('malformed')
  })

  it('does not open with another key, nor with none', async () => {
    expect(await reasonOf(sealed, [stranger])).toBe('untrusted_key')
    expect(await reasonOf(sealed, [])).toBe('untrusted_key')
  })

  it('does not open under a key id that somebody else signed for', async () => {
    const forged = envelopeOf(await sealDefinitionSet([stranger], set))
    const header = envelopeOf(sealed).signatures[0]?.protected
    const signatures = [{ protected: header, signature: forged.signatures[0]?.signature }]
    expect(await reasonOf(JSON.stringify({ payload: forged.payload, signatures }))).toBe('bad_signature')
  })

  it('ends at its second, and opens afterwards only for who took it before', async () => {
    const endMs = Date.parse(set.expires)
    const at = async (nowMs: number) => {
      const opened = await openDefinitionSet(sealed, [publisher], nowMs)
      return opened.ok || opened.reason
    }
    expect([await at(endMs - 1), await at(endMs)]).toEqual([true, 'expired'])
    expect(await verifyDefinitionSet(sealed, [publisher])).toMatchObject({ ok: true })
  })

  it('is not taken when it would end more than a month from now', async () => {
    expect(await reasonOf(await sealDefinitionSet([publisher], { ...set, expires: inDays(30.9) }))).toBe('ok')
    expect(await reasonOf(await sealDefinitionSet([publisher], { ...set, expires: inDays(31.1) }))).toBe(
      'lives_too_long',
    )
  })

  it('holds at most 500 definitions', async () => {
    const many = (count: number) => ({ definitions: Array.from({ length: count }, () => ({ provider: 'a' })) })
    expect(await reasonOf(signText(payloadWith(many(setLimits.definitions))))).toBe('ok')
    expect(await reasonOf(signText(payloadWith(many(10_000))))).toBe('too_large')
    await expect(sealDefinitionSet([publisher], { ...set, ...many(501) })).rejects.toThrow(/501 definitions/)
  })

  it('is not looked at when it is longer than 1 MiB', async () => {
    const padded = sealed + ' '.repeat(setLimits.textBytes - sealed.length)
    expect(await reasonOf(padded)).toBe('ok')
    expect(await reasonOf(`${padded} `)).toBe('too_large')
  })

  it.each([
    ['no version', { version: undefined }],
    ['version 0', { version: 0 }],
    ['half a version', { version: 1.5 }],
    ['a newer form', { v: 2 }],
    ['a day for an end', { expires: '2026-12-01' }],
    ['an end without a zone', { expires: '2026-12-01T00:00:00.000' }],
    ['a text for a definition', { definitions: ['provider: openai'] }],
    ['one definition in place of a list', { definitions: definition }],
    ['a key that nobody knows', { aud: 'everybody' }],
  ])('with %s is malformed', async (_what, change) => {
    expect(await reasonOf(signText(payloadWith(change)))).toBe('malformed')
  })

  it.each([
    ['a key twice', payloadWith({}).replace('"version":7', '"version":9,"version":7')],
    ['a blank between', payloadWith({}).replace('"version":7', '"version": 7')],
    ['a number that is rounded', payloadWith({}).replace('"version":7', '"version":9007199254740993')],
    ['a byte order mark', `\ufeff${payloadWith({})}`],
    ['brackets a million deep', '['.repeat(200_000)],
    ['nothing', ''],
  ])('whose signed text has %s is malformed', async (_what, text) => {
    expect(await reasonOf(signText(text))).toBe('malformed')
  })

  const header = { alg: 'Ed25519', typ: types.definitions, kid: publisher.kid }
  it.each([
    ['alg none', { ...header, alg: 'none' }],
    ['the deprecated name of the algorithm', { ...header, alg: 'EdDSA' }],
    ['a crit', { ...header, crit: ['exp'], exp: 1 }],
    ['a key of its own', { ...header, jwk: publisher.jwk }],
    ['the address of a key', { ...header, jku: 'https://evil.example/keys' }],
    ['the type of a batch', { ...header, typ: types.batch }],
    ['no key id', { alg: 'Ed25519', typ: types.definitions }],
  ])('under a header with %s is malformed, though the key signed it', async (_what, changed) => {
    expect(await reasonOf(signText(payloadWith({}), JSON.stringify(changed)))).toBe('malformed')
  })

  it('is malformed under HS256, keyed with the public key that everybody knows', async () => {
    const [head, payload] = [encode({ ...header, alg: 'HS256' }), encode(payloadWith({}))]
    const signature = createHmac('sha256', Buffer.from(publisher.jwk.x, 'base64url'))
      .update(`${head}.${payload}`)
      .digest('base64url')
    expect(await reasonOf(JSON.stringify({ payload, signatures: [{ protected: head, signature }] }))).toBe('malformed')
  })

  it('does not open as a set what the same key signed as something else', async () => {
    const [head, payload, signature] = (await signJws(publisher, types.receipt, { v: 1, ...set })).split('.')
    expect(await reasonOf(JSON.stringify({ payload, signatures: [{ protected: head, signature }] }))).toBe('malformed')
  })

  it.each([
    [
      'an unprotected header beside a signature',
      (e: GeneralJWS) => ({ ...e, signatures: e.signatures.map(s => ({ ...s, header: {} })) }),
    ],
    ['a key beside the signatures', (e: GeneralJWS) => ({ ...e, key: publisher.jwk })],
    ['no signature', (e: GeneralJWS) => ({ ...e, signatures: [] })],
    ['nine signatures', (e: GeneralJWS) => ({ ...e, signatures: Array.from({ length: 9 }, () => e.signatures[0]) })],
    ['a payload in another spelling', (e: GeneralJWS) => ({ ...e, payload: `${e.payload}=` })],
  ])('in an envelope with %s is malformed', async (_what, change) => {
    expect(await reasonOf(JSON.stringify(change(envelopeOf(sealed))))).toBe('malformed')
  })

  it('never opens when it was cut off', async () => {
    for (let length = 0; length < sealed.length; length += 7)
      expect(await reasonOf(sealed.slice(0, length)), `${length}`).toBe('malformed')
  })

  it('never says something else after a byte of it was changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), fc.integer({ min: 32, max: 126 }), async (at, code) => {
        const opened = await open(sealed.slice(0, at) + String.fromCharCode(code) + sealed.slice(at + 1))
        expect(opened.ok ? opened.set : set).toMatchObject(set)
      }),
      { numRuns: 300 },
    )
  })
})
