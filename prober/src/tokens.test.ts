import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSimulator, type Simulator } from '../../simulator/src/simulator.ts'
import { type Ask, asksOf, originals, tokenDoor } from './testing/ask-everything.ts'
import { measuring } from './testing/measuring.ts'
import { lineOf } from './testing/say.ts'

/** Where a token is fetched first: what becomes of a probe, through the real measure. */

const speakers = originals.filter(({ who }) => who === 'watsonx' || who === 'vertex')
let sim: Simulator
let asks: readonly Ask[]
beforeAll(async () => {
  sim = await createSimulator({
    only: [...speakers.map(({ provider }) => provider), tokenDoor],
    pace: { firstTokenMs: 5, perTokenMs: 1 },
  })
  const where = {
    scheme: 'http',
    timeoutMs: 8_000,
    ca: sim.ca,
    origin: (id: string) => sim.providers[id]?.http ?? '',
  } as const
  asks = asksOf(speakers, where).filter(({ words }) => words.includes('stream'))
}, 60_000)
afterAll(() => sim.close())
beforeEach(() => sim.remove({ provider: tokenDoor }))

describe.each(speakers.map(({ who }) => who))('%s', who => {
  const own = (): Ask => {
    const ask = asks.find(({ words }) => words.startsWith(`${who} `))
    if (ask === undefined) throw new Error(`nobody asks ${who}`)
    return ask
  }
  const reached = () => {
    const parts = measuring()
    const { auth } = own().probe.credential
    if (auth !== null && 'exchange' in auth && auth.exchange !== undefined)
      parts.reached.note(auth.exchange.origin, Date.now())
    return parts
  }

  test('the time that a token takes is no part of what is shown', async () => {
    await sim.put({ provider: tokenDoor, do: 'slow', args: { first_token_ms: 600 } })
    const line = await lineOf(own())
    expect(line.outcome).toBe('ok')
    expect(line.us.last_byte).toBeLessThan(500_000)
    expect(line.us.sent).toBeLessThan(300_000)
  })

  test.each([
    ['status', { error: 'wrong_key' }, ['auth_rejected', 'token_rejected', 'TOKEN_400']],
    ['status', { error: 'disabled' }, ['auth_rejected', 'token_rejected', 'TOKEN_403']],
    ['status', { error: 'rate_limited' }, ['rate_limited', 'token_limited', 'TOKEN_429']],
    ['status', { error: 'unavailable' }, ['server_error', 'token_failed', 'TOKEN_503']],
    ['status', { error: 'edge_bad_gateway' }, ['server_error', 'token_failed', 'TOKEN_502']],
    ['redirect', { status: 302, to: 'https://evil.example/' }, ['redirected', 'token_redirected', 'TOKEN_302']],
    ['garbage', undefined, ['malformed', 'token_unreadable', 'TOKEN_200']],
  ] as const)('%s %j where tokens are is its outcome, and the endpoint is not asked', async (does, args, said) => {
    await sim.put({ provider: tokenDoor, do: does, ...(args === undefined ? {} : { args }) } as Parameters<
      Simulator['put']
    >[0])
    const line = await lineOf(own(), reached())
    expect([line.outcome, line.signal, line.errno]).toEqual(said)
    expect(line).toMatchObject({ http_status: null, us: { sent: null, first_byte: null } })
  })

  test('nobody where tokens are is the provider’s where somebody was, and the vantage’s where nobody ever was', async () => {
    const { auth } = own().probe.credential
    if (auth === null || !('exchange' in auth) || auth.exchange === undefined) throw new Error('no exchange')
    const closed = { ...auth.exchange, origin: 'http://127.0.0.1:9' }
    const credential = { ...own().probe.credential, auth: { ...auth, exchange: closed } }
    const ask = { ...own(), probe: { ...own().probe, credential } }
    const parts = measuring()
    expect(await lineOf(ask, parts)).toMatchObject({ outcome: 'connect_failed', signal: 'never_reached' })
    parts.reached.note(closed.origin, Date.now())
    expect(await lineOf(ask, parts)).toMatchObject({ outcome: 'connect_failed', signal: 'token_unreached' })
  })
})
