import { describe, expect, it } from 'vitest'
import { uuid7 } from './ids.ts'
import { signJws, types } from './jws.ts'
import { readRequestKey, requestWindowMs, signRequest, verifyRequest } from './request-token.ts'
import { atMs, proberId, sampleKeys } from './sample-records.ts'

const { prober, stranger } = await sampleKeys()
const claims = {
  iss: proberId,
  htm: 'GET' as const,
  htu: 'https://status.example/llm/api/v1/definitions',
  iat: atMs / 1000,
  jti: uuid7(atMs, new Uint8Array(10)),
}
const token = await signRequest(prober, claims)
const expected = { prober: proberId, path: '/api/v1/definitions', nowMs: atMs }
const verdict = async (text: string, change: Partial<typeof expected> = {}) => {
  const verified = await verifyRequest(prober, text, { ...expected, ...change })
  return verified.ok ? 'ok' : verified.reason
}

describe('a request token', () => {
  it('says who asks for what', async () => {
    expect(readRequestKey(token)).toBe(prober.kid)
    expect(await verifyRequest(prober, token, expected)).toEqual({ ok: true, claims })
  })

  it('is good for a minute, either way of the clock', async () => {
    const at = (nowMs: number) => verdict(token, { nowMs })
    expect([await at(atMs + requestWindowMs), await at(atMs + requestWindowMs + 1000)]).toEqual(['ok', 'wrong_time'])
    expect([await at(atMs - requestWindowMs), await at(atMs - requestWindowMs - 1000)]).toEqual(['ok', 'wrong_time'])
  })

  it('is good for one path', async () => {
    expect(await verdict(token, { path: '/api/v1/batches' })).toBe('bad_claims')
  })

  it('is not the one of another prober, nor signed by one', async () => {
    const other = proberId.replace(/.$/, '0') as typeof proberId
    expect(await verdict(token, { prober: other })).toBe('bad_claims')
    expect(await verdict(await signRequest(stranger, claims))).toBe('bad_signature')
  })

  it('is nothing that this key signed for another purpose', async () => {
    const receipt = await signJws(prober, types.receipt, claims)
    expect([readRequestKey(receipt), await verdict(receipt)]).toEqual([null, 'bad_signature'])
  })

  it.each([
    ['another method', { htm: 'POST' }],
    ['a claim that nobody knows', { aud: 'x' }],
    ['no id', { jti: '' }],
    ['a time in milliseconds after the comma', { iat: 1.5 }],
  ])('with %s says nothing', async (_what, change) => {
    expect(await verdict(await signJws(prober, types.request, { ...claims, ...change }))).toBe('bad_claims')
  })

  it.each(['', 'a.b.c', `${'a'.repeat(5000)}.b.c`])('is not %#', async text => {
    expect([readRequestKey(text), await verdict(text)]).toEqual([null, 'bad_signature'])
  })
})
