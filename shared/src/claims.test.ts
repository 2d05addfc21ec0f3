import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type About,
  type Gap,
  gapReasons,
  noBody,
  openBatch,
  packBody,
  signBatch,
  signGap,
  signRotation,
} from './batch.ts'
import { instant, sha256, Thumbprint, uuid7 } from './ids.ts'
import { proberId, sampleClaims, sampleKeys } from './sample-records.ts'

const keys = await sampleKeys()
const { prober, successor } = keys

const or = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const at = fc.nat({ max: 253_402_214_400 }).map(s => instant(s * 1000 + 999))
const id = fc.uint8Array({ minLength: 10, maxLength: 10 }).map(random => uuid7(1_768_467_600_000, random))
const digest = fc.string().map(sha256)

const about: fc.Arbitrary<About> = fc.record({
  version: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9.+_-]{0,31}$/),
  region: or(fc.stringMatching(/^[A-Za-z0-9 ._-]{1,64}$/)),
  continent: or(fc.constantFrom('af', 'an', 'as', 'eu', 'na', 'oc', 'sa')),
  offset_ms: or(fc.maxSafeInteger()),
  spool_bytes: fc.maxSafeNat(),
  oldest: or(at),
})

const claims = fc
  .record(
    {
      aud: digest.map(text => Thumbprint.parse(text)),
      jti: id,
      iat: fc.nat({ max: 253_402_214_400 }),
      seq: fc.integer({ min: 1, max: 2_000_000_000 }),
      prev: digest,
      from: or(at),
      to: or(at),
      defs: digest,
      boot: id,
      mono: fc.maxSafeNat(),
      about,
    },
    { requiredKeys: ['seq', 'aud'] },
  )
  .map(given => sampleClaims(keys, given))

const gapBefore = (seq: number): fc.Arbitrary<Gap> =>
  fc.record({
    from_seq: fc.integer({ min: 1, max: seq }),
    to_seq: fc.constant(seq - 1),
    from: or(at),
    to: or(at),
    lost: fc.maxSafeNat(),
    reason: fc.constantFrom(...gapReasons),
  })

const limited = { interruptAfterTimeLimit: 400 }
const openAt = (aud: Thumbprint, jws: string, body: Uint8Array) =>
  openBatch({ jws, body, key: prober, prober: proberId, audiences: [aud] })

describe('claims', () => {
  it('of a batch read back as they were signed, with the digest and the lengths of its body', async () => {
    await fc.assert(
      fc.asyncProperty(claims, fc.array(fc.string()), async (given, lines) => {
        const body = packBody(lines.map(line => JSON.stringify(line)))
        const opened = await openAt(given.aud, await signBatch(prober, given, body), body.bytes)
        const manifest = { v: 1, dig: sha256(body.bytes), len: body.bytes.length, ulen: body.ulen, n: lines.length }
        expect(opened.ok && opened.claims).toEqual({ ...given, ...manifest })
      }),
      limited,
    )
  })

  const nothing = { v: 1, dig: sha256(''), len: 0, ulen: 0, n: 0 }

  it('of a gap record read back as they were signed', async () => {
    const both = claims.chain(given => fc.tuple(fc.constant(given), gapBefore(given.seq)))
    await fc.assert(
      fc.asyncProperty(both, async ([given, gap]) => {
        const opened = await openAt(given.aud, await signGap(prober, given, gap), noBody.bytes)
        expect(opened.ok && opened.claims).toEqual({ ...given, ...nothing, gap })
      }),
      limited,
    )
  })

  it('of a rotate record read back as they were signed, and name the successor', async () => {
    await fc.assert(
      fc.asyncProperty(claims, async given => {
        const opened = await openAt(given.aud, await signRotation(prober, successor, given), noBody.bytes)
        expect(opened).toMatchObject({ ok: true, claims: { ...given, ...nothing, jwk: successor.jwk } })
        expect(opened.ok && 'successor' in opened && opened.successor.kid).toBe(successor.kid)
      }),
      limited,
    )
  })

  it('fit into 4 KiB at their longest', async () => {
    const longest = {
      version: 'v'.repeat(32),
      region: 'r'.repeat(64),
      continent: 'eu',
      offset_ms: -(2 ** 53) + 1,
    } as const
    const given = sampleClaims(keys, {
      seq: 2_000_000_000,
      mono: 2 ** 53 - 1,
      about: { ...longest, spool_bytes: 2 ** 53 - 1, oldest: instant(0) },
    })
    expect((await signRotation(prober, successor, given)).length).toBeLessThan(4096)
  })
})
