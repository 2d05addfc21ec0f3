import { type BatchClaims, genesis, openBatch, signReceipt } from '@llmstatus/shared/batch'
import { keyFromSeed } from '@llmstatus/shared/identity'
import { sha256 } from '@llmstatus/shared/ids'
import { DefinitionLine } from '@llmstatus/shared/result'
import { describe, expect, test } from 'vitest'
import { knownIdentity, proberId, testLine } from '../../test/known-identity.ts'
import { testProbe } from '../../test/test-probe.ts'
import { pack, spanOf } from '../spool/body.ts'
import { backoffMs } from './backoff.ts'
import { clockOffsetMs } from './clock-offset.ts'
import { definitionLine, definitionsDigest } from './definition-lines.ts'
import { nameOfHost } from './name.ts'
import { isOpenToReaders } from './open-door.ts'

describe('the notary', () => {
  test('signs a batch that says what it is, where it stands, and how its prober is', async () => {
    const { notary, prober, aggregatorKey } = await knownIdentity()
    const lines = [testLine(0), testLine(5)]
    const body = await pack(lines)
    const jws = await notary.sign({
      seq: 1,
      prev: genesis,
      body,
      span: spanOf(lines),
      gap: null,
      becomes: null,
      signer: null,
      spoolBytes: 77,
    })
    const opened = await openBatch({
      jws,
      body: body.bytes,
      key: prober.key,
      prober: prober.id,
      audiences: [aggregatorKey.kid],
    })
    if (!opened.ok) throw new Error(opened.detail)
    const claims: Partial<BatchClaims> = {
      seq: 1,
      n: 2,
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-01-01T00:00:05.000Z',
      iat: Date.UTC(2026, 0, 1) / 1000,
    }
    expect(opened.claims).toMatchObject(claims)
    expect(opened.claims.about).toMatchObject({ spool_bytes: 77, oldest: '2026-01-01T00:00:00.000Z' })
  })

  test('believes a receipt of its own aggregator for this record, and no other', async () => {
    const { notary, aggregatorKey } = await knownIdentity()
    const record = { seq: 3, hash: sha256('record') }
    const other = await keyFromSeed(new Uint8Array(32).fill(7))
    const receipt = (key = aggregatorKey, seq = 3) => signReceipt(key, { sub: proberId, seq, h: record.hash })
    expect(await notary.holds(await receipt(), record)).toBe(true)
    expect(await notary.holds(await receipt(other), record)).toBe(false)
    expect(await notary.holds(await receipt(aggregatorKey, 4), record)).toBe(false)
  })
})

describe('what goes along', () => {
  test('a definition line is one by the contract, with no prompt, expectation or host', () => {
    const probe = testProbe({ expected: { response_contains: 'a secret word' } })
    const line = definitionLine(probe, Date.UTC(2026, 0, 1))
    expect(DefinitionLine.parse(line)).toEqual(line)
    expect(JSON.stringify(line)).not.toMatch(/secret word|api\.openai|v1\/models/)
  })

  test('the digest of the definitions depends on which they are, not on their order or number', () => {
    const [a, b] = [testProbe({ def: sha256('a') }), testProbe({ def: sha256('b') })]
    expect(definitionsDigest([a, b, a])).toBe(definitionsDigest([b, a]))
    expect(definitionsDigest([a])).not.toBe(definitionsDigest([a, b]))
  })

  test('an offset is positive where the aggregator is ahead, and none without a date', () => {
    const answer = { ok: true as const, status: 200, retryAfter: null, json: null }
    const at = (date: string | null) => clockOffsetMs({ ...answer, date, sentMs: 1_000, receivedMs: 2_000 })
    expect(at(new Date(11_000).toUTCString())).toBe(10_000)
    expect(at(new Date(0).toUTCString())).toBe(-1_000)
    expect(at(null)).toBeNull()
    expect(at('yesterday')).toBeNull()
  })

  test('waiting grows to half a minute and is never the same for all', () => {
    expect([0, 1, 2, 6, 50].map(failures => backoffMs(failures, 0))).toEqual([500, 1000, 2000, 30_000, 30_000])
    expect(backoffMs(0, 1)).toBe(250)
  })

  test("a host's name becomes a name that may be one", () => {
    expect(['web-1', '-x', 'ümlaut host', '...', ''].map(nameOfHost)).toEqual([
      'web-1',
      'x',
      'mlaut-host',
      'prober',
      'prober',
    ])
  })

  test('http is open to readers unless it stays on this machine', () => {
    const urls = [
      'http://10.0.0.1:8420',
      'http://aggregator:8420',
      'http://127.0.0.1:1',
      'http://[::1]:1',
      'http://localhost',
      'https://x.example',
    ]
    expect(urls.map(isOpenToReaders)).toEqual([true, true, false, false, false, false])
  })
})
