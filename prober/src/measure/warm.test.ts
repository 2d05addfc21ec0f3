import { blameOf } from '@llmstatus/shared/outcome'
import { type ResultLine, readLine } from '@llmstatus/shared/result'
import { Secret } from '@llmstatus/shared/secret'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createSimulator, type Simulator } from '../../../simulator/src/simulator.ts'
import type { Probe } from '../probe.ts'
import { chatProbe, measuring, slot } from '../testing/measuring.ts'
import { serveRaw } from '../transport/testing/raw-server.ts'
import { serveConnectProxy } from '../tunnel/testing/connect-proxy.ts'

let sim: Simulator
beforeAll(async () => {
  sim = await createSimulator({ only: ['openai'], pace: { firstTokenMs: 30, perTokenMs: 2 } })
})
afterAll(() => sim.close())
beforeEach(() => sim.remove())

const warm = (origin: string): Probe => {
  const probe = chatProbe(origin, { warmUp: { method: 'GET', path: '/v1/models', keyed: false } })
  const auth = { header: 'authorization', scheme: 'bearer', secret: new Secret('k-1') } as const
  return { ...probe, credential: { ...probe.credential, auth, ca: sim.ca } }
}
const soon = { timeoutMs: 300 } as const
const secure = () => warm((sim.providers.openai?.https ?? '').replace('127.0.0.1', 'localhost'))

const lineOf = async (probe: Probe, parts = measuring()): Promise<ResultLine> => {
  const line = await parts.measure(probe, slot, new AbortController().signal)
  expect(readLine(JSON.stringify(line))).toMatchObject({ ok: true, kind: 'result', dropped: 0 })
  return line
}

test('a warm line has no way in it, counts from its own question, and comes over one connection', async () => {
  const beforeMs = Date.now()
  const line = await lineOf(secure())
  expect(line).toMatchObject({
    outcome: 'ok',
    content: 'pass',
    connection: 'warm',
    us: { dns: null, tcp: null, tls: null },
  })
  const { sent, first_byte, first_token, last_byte } = line.us
  const order = [0, sent, first_byte, first_token, last_byte]
  expect(order).toEqual(order.toSorted((a, b) => Number(a) - Number(b)))
  // the connection lay silent before, and that is in none of them
  expect(Date.parse(line.at) - beforeMs).toBeGreaterThanOrEqual(50)
  expect(last_byte).toBeLessThanOrEqual((Date.now() - beforeMs - 50) * 1000)
  const requests = sim
    .log()
    .filter(({ event }) => event === 'request')
    .slice(-2)
  expect(requests.map(({ conn }) => conn)).toEqual([requests[0]?.conn, requests[0]?.conn])
})

test('a connection gets warm behind a proxy too', async () => {
  const proxy = await serveConnectProxy()
  const probe = secure()
  const credential = { ...probe.credential, proxy: { origin: proxy.origin, secret: null, ca: null } }
  expect(await lineOf({ ...probe, credential })).toMatchObject({
    outcome: 'ok',
    connection: 'warm',
    via_proxy: true,
    us: { tcp: null, tls: null, first_token: expect.any(Number) },
  })
  expect(proxy.asked()).toHaveLength(1)
  await proxy.close()
})

test('a cold line says that it is cold', async () => {
  const { warmUp: _none, ...cold } = secure()
  expect(await lineOf(cold)).toMatchObject({ connection: 'cold', us: { tls: expect.any(Number) } })
})

test('an answer that fails on a warm connection fails as it does on a cold one', async () => {
  await sim.put({ provider: 'openai', model: 'gpt-4.1-nano', do: 'hang_first_byte' })
  expect(await lineOf({ ...secure(), ...soon })).toMatchObject({
    outcome: 'timeout',
    operation: 'first_byte',
    connection: 'warm',
    us: { dns: null, tcp: null, tls: null, sent: expect.any(Number), first_byte: null },
  })
})

test.each([
  ['hang_first_byte', { outcome: 'timeout', operation: 'first_byte', errno: 'ETIMEDOUT' }],
  ['hang_tls', { outcome: 'tls_failed', operation: 'tls', errno: 'ETIMEDOUT' }],
  ['bad_certificate', { outcome: 'tls_failed', operation: 'tls', errno: 'CERT_HAS_EXPIRED' }],
] as const)('a connection that %s keeps from getting warm is the result, with its own stamps', async (what, seen) => {
  await sim.put({ provider: 'openai', do: what })
  const line = await lineOf({ ...secure(), ...soon })
  expect(line).toMatchObject({ ...seen, connection: 'warm', http_status: null, us: { tcp: expect.any(Number) } })
})

test('a server that keeps no connection is not measured, and not blamed', async () => {
  const server = await serveRaw({
    answer: socket => socket.end('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}'),
  })
  const parts = measuring()
  const origin = `http://127.0.0.1:${server.port}`
  parts.reached.note(origin, Date.now())
  const line = await lineOf(warm(origin), parts)
  expect(line).toMatchObject({ outcome: 'unclassified', signal: 'not_kept', operation: 'send', errno: 'ECANCELED' })
  expect(blameOf(line.outcome, line.signal)).toBeNull()
  expect(server.received()).not.toContain('k-1')
  await server.close()
})
