import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Body,
  type Gap,
  genesis,
  limits,
  noBody,
  openBatch,
  packBody,
  type RecordClaims,
  readBatchHeader,
  signBatch,
  signGap,
  signRotation,
} from './batch.ts'
import { signJws, types, type VerifyingKey } from './identity.ts'
import { sha256 } from './ids.ts'
import { headerText, idNamed, otherEndings, proberId, sampleClaims, sampleKeys, signTexts } from './sample-records.ts'

const keys = await sampleKeys()
const { prober, aggregator, successor, stranger } = keys
const body = packBody(['{"a":1}', '{"b":"ü"}', '{"c":null}'])
const claims = sampleClaims(keys)
const jws = await signBatch(prober, claims, body)
const gap: Gap = { from_seq: 1, to_seq: 3, from: null, to: null, lost: 200, reason: 'spool_full' }

const open = (text: string, given: Uint8Array = body.bytes, key: VerifyingKey = prober) =>
  openBatch({ jws: text, body: given, key, prober: proberId, audiences: [aggregator.kid] })
/** The claims of the batch as they are signed, with these changes. */
const signWith = async (change: Record<string, unknown>, typ: keyof typeof types = 'batch', from = jws) => {
  const [, payload = ''] = from.split('.')
  return signJws(prober, types[typ], { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...change })
}
const limited = { interruptAfterTimeLimit: 500 }

describe('a batch', () => {
  it('opens with what was signed', async () => {
    const opened = await open(jws)
    expect(opened).toMatchObject({ ok: true, type: types.batch, hash: sha256(jws), dropped: 0 })
    expect(opened.ok && opened.claims).toEqual({
      ...claims,
      v: 1,
      dig: sha256(body.bytes),
      len: body.bytes.length,
      ulen: body.ulen,
      n: 3,
    })
    expect(readBatchHeader(jws)).toEqual({ alg: 'Ed25519', typ: types.batch, kid: prober.kid })
  })

  it('is a bad_signature with any byte of its signed text changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: jws.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bytes = Buffer.from(jws)
        bytes[at] = (bytes[at] ?? 0) ^ flip
        expect(await open(bytes.toString('latin1'))).toMatchObject({ ok: false, code: 'bad_signature' })
      }),
      limited,
    )
  })

  it('is a bad_signature in every other spelling of its last character, and so has one hash', async () => {
    for (const text of otherEndings(jws)) expect(await open(text)).toMatchObject({ code: 'bad_signature' })
  })

  it('is a digest_mismatch with any byte of its body changed, added or gone', async () => {
    const changes = fc.tuple(
      fc.nat({ max: body.bytes.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      fc.nat({ max: 2 }),
    )
    await fc.assert(
      fc.asyncProperty(changes, async ([at, flip, how]) => {
        const bytes = [...body.bytes]
        if (how === 0) bytes[at] = (bytes[at] ?? 0) ^ flip
        if (how === 1) bytes.splice(at, 0, flip)
        if (how === 2) bytes.splice(at, 1)
        expect(await open(jws, Uint8Array.from(bytes))).toMatchObject({ ok: false, code: 'digest_mismatch' })
      }),
      limited,
    )
  })

  it('is a digest_mismatch with the body of another batch, or with none', async () => {
    expect(await open(jws, packBody(['{"d":1}']).bytes)).toMatchObject({ code: 'digest_mismatch' })
    expect(await open(jws, noBody.bytes)).toMatchObject({ code: 'digest_mismatch' })
  })

  it('is a digest_mismatch when it lies about its length', async () => {
    expect(await open(await signWith({ len: body.bytes.length + 1 }))).toMatchObject({ code: 'digest_mismatch' })
  })

  it('is a bad_signature under another key', async () => {
    expect(await open(jws, body.bytes, stranger)).toMatchObject({ code: 'bad_signature' })
    expect(await open(await signBatch(stranger, claims, body))).toMatchObject({ code: 'bad_signature' })
  })

  it('is a bad_signature when its text is of another kind', async () => {
    for (const typ of ['receipt', 'enrol', 'rotateProof'] as const)
      expect(await open(await signWith({}, typ))).toMatchObject({ code: 'bad_signature' })
  })

  it('is a bad_signature beyond 4 KiB', async () => {
    const long = await signWith({ x: 'x'.repeat(limits.jwsBytes) })
    expect(readBatchHeader(long)).toBeNull()
    expect(await open(long)).toMatchObject({ code: 'bad_signature' })
  })

  it.each<[string, unknown]>([
    ['v', 0],
    ['v', '1'],
    ['v', undefined],
    ['iss', idNamed('somebody else')],
    ['iss', 'x'],
    ['aud', stranger.kid],
    ['aud', [aggregator.kid]],
    ['jti', 'x'],
    ['iat', -1],
    ['iat', 1.5],
    ['iat', 1e15],
    ['iat', '2026-01-15T09:00:00.000Z'],
    ['seq', 0],
    ['seq', -1],
    ['seq', 1.5],
    ['seq', 2 ** 31],
    ['seq', 2 ** 53],
    ['seq', '1'],
    ['prev', sha256('').slice(1)],
    ['prev', `${genesis.slice(0, -1)}B`],
    ['len', -1],
    ['len', limits.bodyBytes + 1],
    ['ulen', limits.inflatedBytes + 1],
    ['n', 2001],
    ['n', -1],
    ['from', '2026-02-30T00:00:00.000Z'],
    ['from', 'yesterday'],
    ['from', 1_768_467_600],
    ['to', ''],
    ['defs', null],
    ['boot', null],
    ['mono', -1],
    ['about', null],
    ['about', { version: '\u0000' }],
    ['gap', gap],
    ['jwk', successor.jwk],
    ['x', 1],
    ['constructor', 1],
  ])('with %s = %j is refused for its claims', async (claim, value) => {
    expect(await open(await signWith({ [claim]: value }))).toMatchObject({ ok: false, code: 'bad_claims' })
  })

  it('with a claim missing is refused for its claims', async () => {
    for (const claim of [...Object.keys(claims), 'v', 'dig', 'len', 'ulen', 'n'])
      expect(await open(await signWith({ [claim]: undefined })), claim).toMatchObject({ code: 'bad_claims' })
  })

  it('is refused for its claims when they are not one JSON text', async () => {
    const payload = Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()
    for (const text of [
      payload.replace('{', '{"seq":9,'),
      payload.replace('{', '{"__proto__":{},'),
      ` ${payload}`,
      'null',
      '[]',
      'x',
    ])
      expect(await open(signTexts(prober, headerText(prober, types.batch), text)), text).toMatchObject({
        code: 'bad_claims',
      })
  })

  it('is taken whatever its clock says', async () => {
    const odd: Partial<RecordClaims> = {
      iat: 0,
      from: '9999-12-31T23:59:59.999Z',
      to: '1970-01-01T00:00:00.000Z',
      mono: 0,
    }
    expect(await open(await signBatch(prober, { ...claims, ...odd }, body))).toMatchObject({ ok: true })
  })

  it('is taken for a former key of the aggregator, where that still counts', async () => {
    const former = await signBatch(prober, { ...claims, aud: stranger.kid }, body)
    const given = { jws: former, body: body.bytes, key: prober, prober: proberId }
    expect(await openBatch({ ...given, audiences: [aggregator.kid, stranger.kid] })).toMatchObject({ ok: true })
    expect(await openBatch({ ...given, audiences: [] })).toMatchObject({ code: 'bad_claims' })
  })

  it('of a newer version is taken without what we do not know, and that is counted', async () => {
    const about = {
      version: '0.2.0',
      region: null,
      continent: 'eu',
      offset_ms: -3,
      spool_bytes: 0,
      oldest: null,
    }
    const newer = { v: 2, x: { y: 1 }, jwk: successor.jwk, about: { ...about, kernel: '7.0' } }
    const opened = await open(await signWith(newer))
    expect(opened).toMatchObject({ ok: true, type: types.batch, dropped: 3 })
    expect(opened.ok && opened.claims).toEqual({ ...claims, v: 2, ...manifestOf(body), about })
    expect(await open(await signWith({ ...newer, v: 1 }))).toMatchObject({ code: 'bad_claims' })
    expect(await open(await signWith({ ...newer, seq: 'x' }))).toMatchObject({ code: 'bad_claims' })
  })
})

const manifestOf = (of: Body) => ({ dig: sha256(of.bytes), len: of.bytes.length, ulen: of.ulen, n: of.n })

describe('a gap record', () => {
  const at4 = { ...claims, seq: 4 }

  it('opens with what it gives up, and has no body', async () => {
    const opened = await open(await signGap(prober, at4, gap), noBody.bytes)
    expect(opened).toMatchObject({ ok: true, type: types.gap, claims: { gap, n: 0, len: 0, dig: sha256('') } })
    expect(await open(await signGap(prober, at4, gap))).toMatchObject({ code: 'digest_mismatch' })
  })

  it('ends right before its own seq', async () => {
    const spans = [{ to_seq: 2 }, { to_seq: 4 }, { from_seq: 5 }, { from_seq: 0 }, { to_seq: 2 ** 31 }]
    for (const change of spans)
      expect(await open(await signGap(prober, at4, { ...gap, ...change }), noBody.bytes)).toMatchObject({
        code: 'bad_claims',
      })
    const onlyResults = { ...gap, from_seq: 4, to_seq: 3 }
    expect(await open(await signGap(prober, at4, onlyResults), noBody.bytes)).toMatchObject({ ok: true })
  })

  it('claims no body, and no other reason than we know', async () => {
    const text = await signGap(prober, at4, gap)
    for (const change of [
      { n: 1 },
      { len: 1 },
      { ulen: 1 },
      { dig: sha256('x') },
      { gap: { ...gap, reason: 'bored' } },
      { gap: null },
    ])
      expect(await open(await signWith(change, 'gap', text), noBody.bytes)).toMatchObject({ code: 'bad_claims' })
  })
})

const place = { ...claims, seq: 7, prev: sha256('six') }
const rotate = await signRotation(prober, successor, place)

describe('a rotate record', () => {
  const openRotate = (text: string) => open(text, noBody.bytes)

  it('opens with the successor, by the old key', async () => {
    const opened = await openRotate(rotate)
    expect(opened).toMatchObject({ ok: true, type: types.rotate, successor: { kid: successor.kid } })
    const next = await signBatch(successor, { ...place, seq: 8, prev: sha256(rotate) }, body)
    expect(opened.ok && opened.type === types.rotate && (await open(next, body.bytes, opened.successor))).toMatchObject(
      { ok: true },
    )
  })

  it('is nothing by the new key alone', async () => {
    expect(await openRotate(await signRotation(successor, successor, place))).toMatchObject({ code: 'bad_signature' })
  })

  it('is refused without a proof by the key that it names', async () => {
    for (const change of [
      { jwk: stranger.jwk },
      { proof: rotate },
      { proof: '' },
      { jwk: { ...successor.jwk, d: 'x' } },
    ])
      expect(await openRotate(await signWith(change, 'rotate', rotate))).toMatchObject({ code: 'bad_claims' })
    const byAnother = await signJws(stranger, types.rotateProof, { iss: place.iss, seq: place.seq, prev: place.prev })
    expect(await openRotate(await signWith({ proof: byAnother }, 'rotate', rotate))).toMatchObject({
      code: 'bad_claims',
    })
  })

  it('is refused with a proof from another place, another prober or another kind of text', async () => {
    const at = { iss: place.iss, seq: place.seq, prev: place.prev }
    const proofs = [
      signJws(successor, types.rotateProof, { ...at, seq: 8 }),
      signJws(successor, types.rotateProof, { ...at, prev: sha256('five') }),
      signJws(successor, types.rotateProof, { ...at, iss: idNamed('another') }),
      signJws(successor, types.rotateProof, { ...at, x: 1 }),
      signJws(successor, types.receipt, at),
    ]
    for (const proof of await Promise.all(proofs))
      expect(await openRotate(await signWith({ proof }, 'rotate', rotate))).toMatchObject({ code: 'bad_claims' })
    const replayed = await signWith({ seq: 9, prev: sha256('eight') }, 'rotate', rotate)
    expect(await openRotate(replayed)).toMatchObject({ code: 'bad_claims', detail: expect.stringContaining('proof') })
  })
})
