import { gzipSync } from 'node:zlib'
import { inflateLines, limits, type RecordClaims, signBatch } from '@llmstatus/shared/batch'
import { sha256 } from '@llmstatus/shared/ids'
import { beforeEach, describe, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { definitionLine, resultLine } from '../../test/lines.ts'
import { seededBelow, seededRandom } from '../../test/random.ts'
import { startMs, type TestApp, testApp } from '../../test/test-app.ts'
import { enrolled, post, type SentRecord, type TestProber } from '../../test/test-prober.ts'

const isLong = process.env.TEST_LONG === '1'
const rounds = isLong ? 20_000 : 5_000
/** What the short run may take of it; the same seed, so the same mutants in the same order. */
const shortMs = 2_500

/** Round after round, for as long as there is time; answers how many there were. */
const manyRounds = async (most: number, run: (round: number) => Promise<void>): Promise<number> => {
  const endMs = performance.now() + (isLong ? Number.POSITIVE_INFINITY : shortMs)
  let round = 0
  for (; round < most && performance.now() < endMs; round++) await run(round)
  return round
}

eachEngine('what was altered on the way', database => {
  let test: TestApp
  let prober: TestProber
  let inflations = 0
  beforeEach(async () => {
    inflations = 0
    test = await testApp(database.store().db, {
      inflate: (body, claims) => {
        inflations++
        return inflateLines(body, claims)
      },
    })
    prober = await enrolled(test)
  })

  const headSeq = async () =>
    (await database.store().db.selectFrom('prober').select(['head_seq', 'state']).executeTakeFirstOrThrow()) ?? null

  it('is never taken, never a failure of ours, and never inflated', async () => {
    const below = seededBelow(seededRandom('mutations'))
    const good = await prober.seal([definitionLine(startMs), resultLine(prober.uuid(), startMs)])
    const strangers = await (await enrolled(test, 'stranger')).seal([resultLine(prober.uuid(), startMs)])
    const seen = new Map<number, number>()
    const claims = await otherClaims(test, prober)
    const done = await manyRounds(rounds, async round => {
      const mutant = mutate(good, { strangers, claims }, below)
      if (mutant.jws === good.jws && Buffer.compare(mutant.body, good.body) === 0) return
      test.clock.ms += 10
      const { statusCode, body } = await post(test.app, mutant)
      expect([400, 401, 413, 422], `round ${round}: ${statusCode} ${body}`).toContain(statusCode)
      seen.set(statusCode, (seen.get(statusCode) ?? 0) + 1)
    })
    expect(seen.get(422) ?? 0).toBeGreaterThan(done / 10)
    expect(seen.get(401) ?? 0).toBeGreaterThan(0)
    expect(inflations).toBe(0)
    expect(await headSeq()).toEqual({ head_seq: 0, state: 'approved' })
    expect((await post(test.app, good)).statusCode).toBe(201)
    expect(inflations).toBe(1)
  })

  it('is refused by its size before it is read', async () => {
    const sent = await prober.seal([])
    const large = await post(test.app, { ...sent, body: new Uint8Array(limits.bodyBytes + 1) })
    expect([large.statusCode, large.json().code]).toEqual([413, 'too_large'])
    const long = await post(test.app, { ...sent, jws: `${sent.jws}${'A'.repeat(limits.jwsBytes)}` })
    expect([long.statusCode, long.json().code]).toEqual([422, 'bad_signature'])
  })

  it('is refused by its type, and asked for again where its header was lost', async () => {
    const { jws, body } = await prober.seal([])
    const send = (headers: Record<string, string>) =>
      test.app.inject({
        method: 'POST',
        url: '/api/v1/batches',
        headers: { host: 'localhost', ...headers },
        payload: Buffer.from(body),
      })
    for (const type of ['application/json', 'application/octet-stream', 'text/plain']) {
      const response = await send({ 'content-type': type, 'batch-jws': jws })
      expect([response.statusCode, response.json().code]).toEqual([415, 'unsupported_media_type'])
    }
    const response = await send({ 'content-type': 'application/vnd.llmstatus.batch+gzip' })
    expect([response.statusCode, response.json().code]).toEqual([400, 'bad_request'])
    expect(response.headers['content-type']).toContain('application/problem+json')
  })

  describe('a prober that is not what it was', () => {
    it('cannot fail us with anything it signs', async () => {
      const random = seededRandom('claims')
      const below = seededBelow(random)
      await manyRounds(rounds / 4, async round => {
        test.clock.ms += 1000
        await database.store().db.updateTable('prober').set({ state: 'approved' }).execute()
        const { jws, body } = await strangeRecord(test, prober, { random, below })
        const { statusCode, body: text } = await post(test.app, { jws, body })
        expect([200, 201, 409, 422], `round ${round}: ${statusCode} ${text}`).toContain(statusCode)
      })
    })

    it('has its strange lines counted, and the batch kept', async () => {
      const lines = strangeLines(prober)
      const response = await post(
        test.app,
        await prober.sealText([...lines, JSON.stringify(resultLine(prober.uuid(), startMs))]),
      )
      expect(response.statusCode).toBe(201)
      expect(response.json().rejected.length).toBeGreaterThan(lines.length / 2)
      const { n, rejected } = await database.store().db.selectFrom('ledger').selectAll().executeTakeFirstOrThrow()
      expect([n, rejected.length]).toEqual([lines.length + 1, response.json().rejected.length])
    })

    it('cannot make us inflate more than it said', async () => {
      const bomb = gzipSync(Buffer.alloc(64 << 20))
      expect(bomb.length).toBeLessThan(limits.bodyBytes)
      const response = await post(test.app, await prober.sign({ bytes: bomb, ulen: 1000, n: 1 }))
      expect([response.statusCode, response.json().code]).toEqual([422, 'bad_gzip'])
      expect(await headSeq()).toEqual({ head_seq: 0, state: 'approved' })
    })

    it('cannot have more than two thousand lines', async () => {
      const text = Buffer.from('{}\n'.repeat(2001))
      const response = await post(test.app, await prober.sign({ bytes: gzipSync(text), ulen: text.length, n: 2000 }))
      expect([response.statusCode, response.json().code]).toEqual([422, 'bad_gzip'])
    })
  })
})

type Below = (below: number) => number

interface Others {
  /** Signed by another prober that is enrolled. */
  readonly strangers: SentRecord
  /** Payloads that this prober could sign and did not. */
  readonly claims: readonly string[]
}

/** Unsigned, and large where somebody inflates it: nobody may. */
const bomb = gzipSync(Buffer.alloc(16 << 20))

const mutate = (good: SentRecord, { strangers: other, claims }: Others, below: Below): SentRecord => {
  const { jws, body } = good
  const [header, payload, signature] = jws.split('.')
  switch (below(13)) {
    case 8:
      return { jws: [header, claims[below(claims.length)], signature].join('.'), body: below(2) === 0 ? body : bomb }
    case 9:
      return { jws, body: bomb.subarray(0, below(bomb.length)) }
    case 10:
      return { jws: [header, payload, payload, signature].slice(below(3)).join('.'), body }
    case 11:
      return { jws: other.jws.replace(/^[^.]+/, header ?? ''), body: other.body }
    case 12:
      return { jws: [header, below(2) === 0 ? '' : payload, ''].join('.'), body }
    case 0:
      return { jws, body: flipped(body, below) }
    case 1:
      return { jws, body: body.subarray(0, below(body.length)) }
    case 2:
      return { jws, body: Buffer.concat([body, Buffer.from([below(256)])]) }
    case 3:
      return { jws, body: other.body }
    case 4:
      return { jws: [...jws.split('.').slice(0, 2), other.jws.split('.')[2]].join('.'), body }
    case 5:
      return { jws: [other.jws.split('.')[0], ...jws.split('.').slice(1)].join('.'), body }
    case 6:
      return { jws: withHeader(jws, strangeHeaders[below(strangeHeaders.length)] ?? {}), body }
    default:
      return { jws: respelled(jws, below), body }
  }
}

const flipped = (bytes: Uint8Array, below: Below): Uint8Array => {
  const copy = Buffer.from(bytes)
  const at = below(copy.length)
  copy[at] = (copy[at] ?? 0) ^ (1 << below(8))
  return copy
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ '

const respelled = (jws: string, below: Below): string => {
  // the last character of a part has bits to spare: there a decoder may not see the difference
  const at = below(3) === 0 ? jws.length - 1 : below(jws.length)
  return `${jws.slice(0, at)}${alphabet[below(alphabet.length)]}${jws.slice(at + 1)}`
}

/** The claims of an honest batch with one of them changed, as nobody signed them. */
const otherClaims = async (test: TestApp, prober: TestProber): Promise<readonly string[]> => {
  const { jws } = await prober.sign({ bytes: bomb, ulen: 16 << 20, n: 1 })
  const honest = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString())
  const changes = [
    ...Object.keys(honest).flatMap(name => [null, '', -1, [], {}, Number.MAX_VALUE].map(value => ({ [name]: value }))),
    { seq: 2 },
    { aud: sha256('another aggregator') },
    { iss: prober.uuid() },
    { len: bomb.length, dig: sha256(bomb), ulen: 8 << 20, n: 2000 },
    { about: { version: 'x'.repeat(10_000) } },
    { iat: Math.floor(test.clock.ms / 1000) },
  ]
  return changes.map(change => Buffer.from(JSON.stringify({ ...honest, ...change })).toString('base64url'))
}

const strangeHeaders = [
  { alg: 'none' },
  { alg: 'HS256' },
  { alg: 'EdDSA' },
  { crit: ['exp'] },
  { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) } },
  { jku: 'https://example.com/keys' },
  { typ: 'llmstatus-receipt+jws' },
  { typ: 'llmstatus-enrol+jws' },
  { b64: false },
  { kid: sha256('nobody') },
]

const withHeader = (jws: string, over: object): string => {
  const [header = '', ...rest] = jws.split('.')
  const changed = { ...JSON.parse(Buffer.from(header, 'base64url').toString()), ...over }
  return [Buffer.from(JSON.stringify(changed)).toString('base64url'), ...rest].join('.')
}

/** Signed by the true key over the true digest: whatever else it says is as strange as it gets. */
const strangeRecord = async (
  test: TestApp,
  prober: TestProber,
  { random, below }: { readonly random: (bytes: number) => Uint8Array; readonly below: Below },
): Promise<SentRecord> => {
  const text = Buffer.from(
    Array.from({ length: below(6) }, () => `${strangeLines(prober)[below(strangeLines(prober).length)]}\n`).join(''),
  )
  const bytes = below(4) === 0 ? Buffer.from(random(below(200))) : gzipSync(text)
  const head = await currentHead(test)
  const claims = {
    iss: prober.id,
    aud: test.key.kid,
    jti: prober.uuid(),
    iat: [0, 1, 1_700_000_000, 253_402_214_400][below(4)] ?? 0,
    seq: [head.seq + 1, head.seq + 1, head.seq + 1, head.seq, head.seq + 2, 2_000_000_000][below(6)] ?? 1,
    prev: below(8) === 0 ? sha256('x') : head.hash,
    from: below(2) === 0 ? null : '9999-12-31T23:59:59.999Z',
    to: below(2) === 0 ? null : '1970-01-01T00:00:00.000Z',
    defs: sha256('defs'),
    boot: prober.uuid(),
    mono: Number.MAX_SAFE_INTEGER,
    about: {
      version: '0.1.0',
      region: null,
      continent: null,
      offset_ms: [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, null][below(3)] ?? null,
      spool_bytes: Number.MAX_SAFE_INTEGER,
      oldest: null,
    },
  } satisfies RecordClaims
  const body = { bytes, ulen: below(3) === 0 ? below(300) : text.length, n: below(2001) }
  return { jws: await signBatch(prober.key(), claims, body), body: bytes }
}

const currentHead = async (test: TestApp) => {
  const row = await test.deps.db.selectFrom('prober').select(['head_seq', 'head_hash']).executeTakeFirstOrThrow()
  return { seq: row.head_seq, hash: row.head_hash }
}

const strangeLines = (prober: TestProber): readonly string[] => [
  '',
  'null',
  '"\\ud800"',
  '[[[[[[[[]]]]]]]]',
  `${'['.repeat(5000)}`,
  '{"kind":"\\u0000"}',
  '{"__proto__":{"kind":"definition"}}',
  JSON.stringify({ ...resultLine(prober.uuid(), startMs), 'a\u0000\ud800': 1 }),
  JSON.stringify(resultLine(prober.uuid(), startMs, { model_reported: '\u0000\ud800'.repeat(100) })),
  JSON.stringify(resultLine(prober.uuid(), 0)),
  JSON.stringify(definitionLine(startMs, { every_ms: 2_000_000_000, sla: { ttfb_p95_ms: 1e308 } })),
  JSON.stringify(resultLine(prober.uuid(), startMs)).replace('"chunks":4', '"chunks":1e400'),
  JSON.stringify(resultLine(prober.uuid(), startMs)).replace('"chunks":4', '"chunks":-0'),
]
