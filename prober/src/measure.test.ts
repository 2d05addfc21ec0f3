import { blameOf } from '@llmstatus/shared/outcome'
import { type ResultLine, readLine } from '@llmstatus/shared/result'
import { Secret } from '@llmstatus/shared/secret'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSimulator, type ScenarioInput, type Simulator } from '../../simulator/src/simulator.ts'
import type { Credential, Probe } from './probe.ts'
import { chatProbe, listingProbe, measuring, slot } from './testing/measuring.ts'
import { unseenUs } from './transport/loop-monitor.ts'
import { type ProxyOptions, serveConnectProxy } from './tunnel/testing/connect-proxy.ts'

let sim: Simulator
beforeAll(async () => {
  sim = await createSimulator({ only: ['openai'], pace: { firstTokenMs: 8, perTokenMs: 2 } })
})
afterAll(() => sim.close())
beforeEach(() => sim.remove())

const http = () => sim.providers.openai?.http ?? ''
const keyed = (probe: Probe, key = 'k-1', change: Partial<Credential> = {}): Probe => ({
  ...probe,
  credential: {
    ...probe.credential,
    auth: { header: 'authorization', scheme: 'bearer', secret: new Secret(key) },
    ...change,
  },
})
const chat = (change: Partial<Probe> = {}) => keyed(chatProbe(http(), change))
const secureChat = (change: Partial<Probe> = {}) => {
  const origin = (sim.providers.openai?.https ?? '').replace('127.0.0.1', 'localhost')
  return keyed(chatProbe(origin, change), 'k-1', { origin, ca: sim.ca })
}

const never = new AbortController().signal
/** Every line that is made here is one that the aggregator takes. */
const lineOf = async (probe: Probe, parts = measuring()): Promise<ResultLine> => {
  const line = await parts.measure(probe, slot, never)
  expect(readLine(JSON.stringify(line))).toMatchObject({ ok: true, kind: 'result', dropped: 0 })
  return line
}

describe('a slot becomes a line', () => {
  test('with its stamps in order, its tokens, its cost and its check', async () => {
    const line = await lineOf(secureChat())
    expect(line).toMatchObject({
      outcome: 'ok',
      operation: null,
      signal: null,
      errno: null,
      http_status: 200,
      finish: 'stop',
      content: 'pass',
      connection: 'cold',
      via_proxy: false,
      slot: '2026-11-20T12:00:00.000Z',
      why: 'manual',
    })
    const { dns, tcp, tls, sent, first_byte, first_token, first_visible, last_byte } = line.us
    const order = [dns, tcp, tls, sent, first_byte, first_token, last_byte].map(Number)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(first_visible).toBe(first_token)
    expect(line.chunks).toBeGreaterThan(0)
    const { in: tokensIn, out } = line.tokens
    expect(line.cost_usd).toBeCloseTo((Number(tokensIn) * 0.1 + Number(out) * 0.4) / 1e6, 9)
  })

  test('with nothing of the question, the answer, the host or the key in it', async () => {
    const text = JSON.stringify(await lineOf(chat()))
    for (const secret of ['Repeat', 'k-1', '127.0.0.1', 'localhost', new URL(http()).port, 'authorization'])
      expect(text).not.toContain(secret)
  })

  test('of a whole answer the first token is its end', async () => {
    const { question } = chatProbe('')
    const line = await lineOf(chat({ question: question && { ...question, stream: false } }))
    expect(line).toMatchObject({ outcome: 'ok', content: 'pass', chunks: 1, gap_us: null })
    expect(line.us.first_token).toBe(line.us.last_byte)
  })

  test('of an unknown price has no cost', async () => {
    expect((await lineOf(chat({ price: null }))).cost_usd).toBeNull()
  })

  test('of a busy prober is its own', async () => {
    const held = { watch: () => ({ end: () => ({ longestUs: 900_000, heldUs: 900_000 }) }) }
    expect(await lineOf(chat(), measuring({ monitor: held }))).toMatchObject({
      outcome: 'prober_overloaded',
      uncertainty_us: 900_000 + unseenUs,
      loop_delay_us: 900_000,
    })
  })

  test('of a prober that is off says by how much, and what its monitor cannot see', async () => {
    const calm = { watch: () => ({ end: () => ({ longestUs: 0, heldUs: 0 }) }) }
    expect((await lineOf(chat(), measuring({ monitor: calm, biasUs: () => 36 }))).uncertainty_us).toBe(1_536)
  })
})

interface Row {
  readonly scenario: Omit<ScenarioInput, 'provider'> & { readonly do: ScenarioInput['do'] }
  readonly expect: Partial<ResultLine>
  readonly timeoutMs?: number
  readonly secure?: true
}

/** DESIGN: every scenario has one outcome, operation and signal. */
const rows: readonly Row[] = [
  { scenario: { do: 'healthy' }, expect: { outcome: 'ok', operation: null, signal: null } },
  { scenario: { do: 'stall' }, timeoutMs: 400, expect: { outcome: 'timeout', operation: 'stall', signal: null } },
  { scenario: { do: 'truncate' }, expect: { outcome: 'truncated', operation: null, signal: 'no_end' } },
  { scenario: { do: 'cut' }, expect: { outcome: 'connection_reset', operation: 'total', errno: 'ECONNRESET' } },
  { scenario: { do: 'error_midstream' }, expect: { outcome: 'server_error', operation: null, signal: 'server_error' } },
  { scenario: { do: 'status', args: { code: 500 } }, expect: { outcome: 'server_error', http_status: 500 } },
  { scenario: { do: 'status', args: { code: 503 } }, expect: { outcome: 'overloaded', http_status: 503 } },
  {
    scenario: { do: 'status', args: { code: 503, body: '<html>Bad day</html>' } },
    expect: { outcome: 'server_error', http_status: 503 },
  },
  { scenario: { do: 'status', args: { code: 429 } }, expect: { outcome: 'rate_limited', http_status: 429 } },
  {
    scenario: { do: 'status', args: { error: 'insufficient_quota' } },
    expect: { outcome: 'quota_exhausted', http_status: 429, signal: 'insufficient_quota' },
  },
  { scenario: { do: 'error_body_200' }, expect: { outcome: 'server_error', http_status: 200 } },
  { scenario: { do: 'empty' }, expect: { outcome: 'empty', signal: 'no_content' } },
  { scenario: { do: 'wrong_answer' }, expect: { outcome: 'wrong_answer', content: 'fail' } },
  { scenario: { do: 'redirect' }, expect: { outcome: 'redirected', http_status: 302 } },
  {
    scenario: { do: 'hang_accept' },
    timeoutMs: 300,
    expect: { outcome: 'connect_failed', operation: 'connect', errno: 'ETIMEDOUT', signal: 'never_reached' },
  },
  {
    scenario: { do: 'hang_tls' },
    timeoutMs: 300,
    secure: true,
    expect: { outcome: 'tls_failed', operation: 'tls', errno: 'ETIMEDOUT', signal: 'never_reached' },
  },
  {
    scenario: { do: 'bad_certificate' },
    secure: true,
    expect: { outcome: 'tls_failed', operation: 'tls', errno: 'CERT_HAS_EXPIRED' },
  },
  {
    scenario: { do: 'hang_first_byte' },
    timeoutMs: 300,
    expect: { outcome: 'timeout', operation: 'first_byte', errno: 'ETIMEDOUT', signal: null },
  },
  { scenario: { do: 'garbage' }, expect: { outcome: 'malformed', signal: 'unparsable' } },
  { scenario: { do: 'endless' }, timeoutMs: 400, expect: { outcome: 'timeout', operation: 'total' } },
  { scenario: { do: 'bomb' }, expect: { outcome: 'malformed', signal: 'unparsable' } },
  { scenario: { do: 'drip', args: { bytes: 64, every_ms: 1 } }, expect: { outcome: 'ok', content: 'pass' } },
  { scenario: { do: 'reorder' }, expect: { outcome: 'ok', content: 'pass' } },
]

describe('a provider that misbehaves', () => {
  test.each(rows)('$scenario.do $scenario.args → $expect.outcome', async row => {
    await sim.put({ ...row.scenario, provider: 'openai' } as ScenarioInput)
    const change = { timeoutMs: row.timeoutMs ?? 5_000 }
    expect(await lineOf(row.secure ? secureChat(change) : chat(change))).toMatchObject(row.expect)
  })
})

describe('an edge', () => {
  const listing = (change: Partial<Probe> = {}) => listingProbe(http(), change)

  test('that asks for a key is up for who has none', async () => {
    expect(await lineOf(listing())).toMatchObject({ outcome: 'ok', http_status: 401, signal: 'authentication_error' })
  })
  test('that refuses a key says so', async () => {
    expect(await lineOf(keyed(listing(), 'wrong'))).toMatchObject({ outcome: 'auth_rejected', http_status: 401 })
  })
  test('that answers has no tokens', async () => {
    const line = await lineOf(keyed(listing()))
    expect(line).toMatchObject({ outcome: 'ok', chunks: 0, tokens: { in: null, out: null, reasoning: null } })
    expect(line.us).toMatchObject({ first_token: null, first_visible: null })
    expect(line.us.last_byte).not.toBeNull()
  })
  test('is asked for a model where somebody wants to know', async () => {
    const wanted = (models_contain: string) => keyed(listing({ expected: { models_contain } }))
    expect(await lineOf(wanted('gpt-4.1-nano'))).toMatchObject({ outcome: 'ok', content: 'pass' })
    expect(await lineOf(wanted('gpt-9'))).toMatchObject({ outcome: 'wrong_answer', content: 'fail' })
  })
  test('that is asked for a status is right with it', async () => {
    const wants = (status: number) => listing({ type: 'http', expected: { status } })
    expect(await lineOf(wants(401))).toMatchObject({ outcome: 'ok', content: 'pass' })
    expect(await lineOf(wants(204))).toMatchObject({ outcome: 'auth_rejected', content: 'fail' })
  })
  test('with a certificate that lasts is checked for how long', async () => {
    const { credential } = secureChat()
    const days = (certificate_days: number) =>
      keyed(listing({ type: 'tcp', dialect: 'tcp', expected: { certificate_days } }), 'k', credential)
    expect(await lineOf(days(1))).toMatchObject({ outcome: 'ok', content: 'pass' })
    expect((await lineOf(days(1))).us.tls).not.toBeNull()
    const ends = { outcome: 'wrong_answer', content: 'fail', signal: 'certificate_ends' }
    expect(await lineOf(days(100_000))).toMatchObject(ends)
  })
  test('is a port that opens, and nothing more', async () => {
    const line = await lineOf(listing({ type: 'tcp', dialect: 'tcp' }))
    expect(line).toMatchObject({ outcome: 'ok', http_status: null })
    expect(line.us).toMatchObject({ sent: null, tls: null })
  })
})

describe('what does not leave', () => {
  test('is denied, with its reason for the operator', async () => {
    const reasons: string[] = []
    const parts = measuring({ refused: (_probe, reason) => reasons.push(reason) })
    const inside = chat()
    const outside = { ...inside, credential: { ...inside.credential, net: { private: false, cidrs: [] } } }
    const denied = { outcome: 'egress_denied', signal: 'guard', errno: null, http_status: null }
    expect(await lineOf(outside, parts)).toMatchObject({ ...denied, operation: 'connect' })
    expect(await lineOf({ ...inside, path: '/v1/other' }, parts)).toMatchObject({ ...denied, operation: 'dns' })
    expect(reasons).toEqual(['loopback', 'not_allowed'])
    expect(sim.log().some(entry => entry.model === 'guarded')).toBe(false)
  })
})

describe('whose problem a dead origin is', () => {
  const dead = { ...listingProbe('http://127.0.0.1:1') }
  test("is the vantage's, where it never answered", async () => {
    expect(await lineOf(dead)).toMatchObject({ outcome: 'connect_failed', signal: 'never_reached' })
  })
  test("is the provider's, where it answered lately", async () => {
    const parts = measuring()
    parts.reached.note('http://127.0.0.1:1', Date.now())
    expect(await lineOf(dead, parts)).toMatchObject({ outcome: 'connect_failed', signal: null })
  })
  test('is known after any answer, whatever it said', async () => {
    const parts = measuring()
    await lineOf(listingProbe(http()), parts)
    expect(parts.reached.within(http(), Date.now())).toBe(true)
  })
})

describe('a probe through a proxy', () => {
  const through = async (options: ProxyOptions, reachedBefore: 'reached' | 'never reached' = 'never reached') => {
    const proxy = await serveConnectProxy(options)
    const { credential, ...probe } = secureChat()
    const parts = measuring()
    if (reachedBefore === 'reached') parts.reached.note(credential.origin, Date.now())
    const via = { origin: proxy.origin, secret: null, ca: null }
    const line = await lineOf({ ...probe, credential: { ...credential, proxy: via } }, parts)
    await proxy.close()
    return { ...line, blame: blameOf(line.outcome, line.signal) }
  }
  const refusing = (status: number): ProxyOptions => ({ says: socket => socket.end(`HTTP/1.1 ${status} X\r\n\r\n`) })

  test('says so, and knows nothing of the name', async () => {
    const line = await through({})
    expect(line).toMatchObject({ outcome: 'ok', via_proxy: true, us: { dns: null } })
    expect(line.us.tcp).toBeLessThan(Number(line.us.tls))
  })

  test('that refuses is the problem of this vantage, however well the provider is known', async () => {
    expect(await through(refusing(407), 'reached')).toMatchObject({
      outcome: 'connect_failed',
      operation: 'proxy',
      errno: 'PROXY_407',
      signal: 'proxy_failed',
      blame: 'vantage',
      http_status: null,
      via_proxy: true,
    })
  })

  test('that could not reach the provider says that of a provider which was reached before', async () => {
    const failed = { outcome: 'connect_failed', operation: 'proxy', errno: 'PROXY_503' }
    expect(await through(refusing(503), 'reached')).toMatchObject({ ...failed, signal: null, blame: 'provider' })
    expect(await through(refusing(503))).toMatchObject({ ...failed, signal: 'never_reached', blame: 'vantage' })
  })
})

test('a probe that is called off says nothing about the provider', async () => {
  await sim.put({ provider: 'openai', do: 'hang_first_byte' })
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 30)
  const line = await measuring().measure(chat(), slot, stop.signal)
  expect(line).toMatchObject({ outcome: 'unclassified', errno: 'ECANCELED' })
})

test('an answer that was mutated anywhere ends as a line, in time', async () => {
  const { healthyAnswer, mutants } = await import('./testing/mutants.ts')
  const { serveRaw } = await import('./transport/testing/raw-server.ts')
  const answers = mutants(healthyAnswer, 120)
  let next = 0
  const server = await serveRaw({ answer: socket => socket.end(answers[next++ % answers.length] ?? '') })
  const probe = chatProbe(`http://127.0.0.1:${server.port}`, { timeoutMs: 500, expected: {} })
  const outcomes = new Set<string>()
  for (const _ of answers) outcomes.add((await lineOf(probe)).outcome)
  await server.close()
  expect([...outcomes].sort()).toEqual(['malformed', 'ok', 'truncated'])
  expect(outcomes).not.toContain('unclassified')
})
