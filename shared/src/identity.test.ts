import { createHmac, createPublicKey, verify } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  keyFromJwk,
  keyFromSeed,
  openJws,
  PublicJwk,
  readHeader,
  signJws,
  thumbprintGroups,
  types,
  verifyJws,
} from './identity.ts'
import { bytes32Pattern, Thumbprint } from './ids.ts'
import { headerText, otherEndings, sampleKeys, signTexts } from './sample-records.ts'

const keys = await sampleKeys()
const { prober, stranger } = keys
const claims = { hello: 'world', n: 1 }
const signed = await signJws(prober, types.batch, claims)
const property = (check: fc.IRawProperty<unknown>) => fc.assert(check, { interruptAfterTimeLimit: 500 })

describe('a key', () => {
  it('is its seed: RFC 8037, appendix A', async () => {
    const seed = Buffer.from('nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', 'base64url')
    const key = await keyFromSeed(seed)
    expect(key.jwk).toEqual({ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' })
    expect(key.kid).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k')
  })

  it('has 32 bytes of seed', async () => {
    await expect(keyFromSeed(new Uint8Array(31))).rejects.toThrow('32 bytes')
  })

  it('has one spelling, or it would have several thumbprints', () => {
    for (const x of otherEndings(prober.jwk.x)) {
      if (bytes32Pattern.test(x)) continue
      expect(PublicJwk.safeParse({ ...prober.jwk, x }).success).toBe(false)
    }
    expect(otherEndings(prober.jwk.x).filter(x => !bytes32Pattern.test(x))).toHaveLength(48)
  })

  it.each([{ kty: 'EC' }, { crv: 'X25519' }, { d: 'secret' }, { alg: 'EdDSA' }, { x: '' }])(
    'is not one with %j',
    change => {
      expect(PublicJwk.safeParse({ ...prober.jwk, ...change }).success).toBe(false)
    },
  )

  it('of small order, under which one signature would fit any text, verifies nothing', () => {
    const anyText = Buffer.alloc(64)
    anyText[0] = 1
    for (const hex of smallOrder) {
      const key = createPublicKey({
        key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(hex, 'hex').toString('base64url') },
        format: 'jwk',
      })
      const texts = Array.from({ length: 32 }, (_, n) => Buffer.from(`text ${n}`))
      expect(texts.some(text => verify(null, text, key, anyText))).toBe(false)
    }
  })

  it('is compared aloud as 8 groups of 4', () => {
    expect(thumbprintGroups(prober.kid)).toMatch(/^([0-9a-f]{4} ){7}[0-9a-f]{4}$/)
    expect(thumbprintGroups(Thumbprint.parse('A'.repeat(43)))).toBe('0000 0000 0000 0000 0000 0000 0000 0000')
  })
})

const smallOrder = [
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '00'.repeat(32),
  `${'00'.repeat(31)}80`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
]

describe('a signed text', () => {
  it('says what was signed, to whoever has the public key', async () => {
    const verifier = await keyFromJwk(prober.jwk)
    expect(await verifyJws(verifier, types.batch, signed)).toEqual(claims)
    expect(await verifyJws(prober, types.batch, signed)).toEqual(claims)
    expect(readHeader(signed)).toEqual({ alg: 'Ed25519', typ: types.batch, kid: prober.kid })
  })

  it('says nothing under another key or as another type', async () => {
    expect(await verifyJws(stranger, types.batch, signed)).toBeNull()
    expect(await verifyJws({ ...stranger, kid: prober.kid }, types.batch, signed)).toBeNull()
    expect(await verifyJws(prober, types.gap, signed)).toBeNull()
  })

  it('says nothing with any byte changed', async () => {
    await property(
      fc.asyncProperty(fc.nat({ max: signed.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bytes = Buffer.from(signed)
        bytes[at] = (bytes[at] ?? 0) ^ flip
        expect(await verifyJws(prober, types.batch, bytes.toString('latin1'))).toBeNull()
      }),
    )
  })

  it('has one spelling, though others decode to the same signature', async () => {
    const same = otherEndings(signed).filter(text =>
      Buffer.from(text.split('.')[2] ?? '', 'base64url').equals(Buffer.from(signed.split('.')[2] ?? '', 'base64url')),
    )
    expect(same).toHaveLength(15)
    for (const text of [...same, `${signed}=`, `${signed}==`, `${signed}.`, `${signed}\n`, ` ${signed}`])
      expect(await openJws(prober, types.batch, text)).toEqual({ ok: false, why: 'unsigned' })
  })

  it.each([
    { alg: 'EdDSA' },
    { alg: 'none' },
    { alg: 'HS256' },
    { alg: 'ES256' },
    { alg: 'ed25519' },
    { alg: ['Ed25519'] },
    { typ: 'JWT' },
    { typ: 'LLMSTATUS-BATCH+JWS' },
    { typ: 'application/llmstatus-batch+jws' },
    { typ: types.receipt },
    { kid: stranger.kid },
    { kid: undefined },
    { jwk: prober.jwk },
    { jku: 'https://evil.example/keys' },
    { x5c: [] },
    { x5u: 'https://evil.example/cert' },
    { crit: [] },
    { crit: ['b64'], b64: false },
    { b64: true },
    { zip: 'DEF' },
    { cty: 'JWT' },
  ])('with %j in its header is unsigned, however well it is signed', async change => {
    const header = { alg: 'Ed25519', typ: types.batch, kid: prober.kid, ...change }
    const text = signTexts(prober, JSON.stringify(header), JSON.stringify(claims))
    expect(await openJws(prober, types.batch, text)).toEqual({ ok: false, why: 'unsigned' })
  })

  const good = headerText(prober, types.batch)
  it.each([
    good.replace('{', '{"alg":"none",'),
    good.replace('{', '{"\\u0061lg":"none",'),
    good.replace('{', '{"__proto__":{},'),
    good.replace('"alg"', '"\\u0061lg"'),
    good.replace('{', '{ '),
    ` ${good}`,
    `${good}\n`,
    `\ufeff${good}`,
    `[${good}]`,
    'null',
    '',
  ])('with the header %j is unsigned, however well it is signed', async header => {
    const text = signTexts(prober, header, JSON.stringify(claims))
    expect(await openJws(prober, types.batch, text)).toEqual({ ok: false, why: 'unsigned' })
  })

  it('may write its header in another order', async () => {
    const header = JSON.stringify({ typ: types.batch, kid: prober.kid, alg: 'Ed25519' })
    expect(await verifyJws(prober, types.batch, signTexts(prober, header, JSON.stringify(claims)))).toEqual(claims)
  })

  it('is not signed by a MAC whose secret is the public key', async () => {
    const parts = `${Buffer.from(good.replace('Ed25519', 'HS256')).toString('base64url')}.${signed.split('.')[1]}`
    const pem = prober.key.export({ format: 'pem', type: 'spki' })
    const text = `${parts}.${createHmac('sha256', pem).update(parts).digest('base64url')}`
    expect(await verifyJws(prober, types.batch, text)).toBeNull()
  })

  it.each([
    '{"seq":1,"seq":2}',
    '{"seq":1, "n":2}',
    '{"seq":1e0}',
    '{"seq":1.0}',
    '{"seq":12345678901234567890}',
    '{"s":"\\u0061"}',
    '\ufeff{"seq":1}',
    '{"seq":1}\n',
    '{"seq":1',
    'undefined',
  ])('that says %j could be read in two ways, or in none', async payload => {
    const text = signTexts(prober, good, payload)
    expect(await openJws(prober, types.batch, text)).toEqual({ ok: false, why: 'unreadable' })
    expect(await verifyJws(prober, types.batch, text)).toBeNull()
  })

  it('is UTF-8', async () => {
    const text = signTexts(prober, good, Buffer.from('{"s":"\xff"}', 'latin1'))
    expect(await openJws(prober, types.batch, text)).toEqual({ ok: false, why: 'unreadable' })
  })

  it('reads back whatever JSON was signed', async () => {
    await property(
      fc.asyncProperty(fc.jsonValue(), async value => {
        const text = await signJws(prober, types.receipt, value)
        expect(await openJws(prober, types.receipt, text)).toEqual({
          ok: true,
          value: JSON.parse(JSON.stringify(value)),
        })
      }),
    )
  })

  it('has three parts, none of them empty', () => {
    for (const text of ['', '.', '..', 'a.b', 'a.b.c', 'a.b.c.d', `${signed}.x`]) expect(readHeader(text)).toBeNull()
  })
})
