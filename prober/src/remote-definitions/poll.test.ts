import { sealDefinitionSet } from '@llmstatus/shared/definition-set'
import { keyFromSeed } from '@llmstatus/shared/identity'
import { instant } from '@llmstatus/shared/ids'
import { verifyRequest } from '@llmstatus/shared/request-token'
import { describe, expect, test } from 'vitest'
import { createDisk } from '../../test/crash-disk.ts'
import { createFakeClock } from '../../test/fake-clock.ts'
import { knownIdentity, seededRandom } from '../../test/known-identity.ts'
import type { Log } from '../log.ts'
import type { DoorAnswer, DoorRequest } from '../report/door.ts'
import { startPolling } from './poll.ts'
import { openSetInForce } from './set-in-force.ts'

const startMs = Date.UTC(2026, 5, 1)
const minute = 60_000
const publisher = await keyFromSeed(new Uint8Array(32).fill(7))
const { prober, key } = await knownIdentity()

const seal = async (version: number, lifeMs = 7 * 86_400_000) => ({
  text: await sealDefinitionSet([publisher], { version, expires: instant(startMs + lifeMs), definitions: [] }),
  version,
})
type Sealed = Awaited<ReturnType<typeof seal>>

const answer = (
  status: number,
  json: Record<string, unknown> | null = null,
  etag: string | null = null,
): DoorAnswer => ({
  ok: true,
  status,
  retryAfter: null,
  date: null,
  etag,
  json,
  sentMs: 0,
  receivedMs: 0,
})
const offers = ({ text, version }: Sealed) => answer(200, JSON.parse(text), `"v${version}"`)

const begin = async (reply: (request: DoorRequest) => DoorAnswer) => {
  const fake = createFakeClock(startMs, { sleepers: 1 })
  const asked: DoorRequest[] = []
  const said: { level: string; words: string; fields: unknown }[] = []
  const at = (level: string) => (fields: unknown, words: string) => void said.push({ level, words, fields })
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } as unknown as Log
  const state = { accepts: true, closed: false, enrolled: true }
  const set = await openSetInForce({
    files: createDisk().files,
    trusted: async () => [publisher],
    nowMs: fake.clock.nowMs,
    unusable: () => undefined,
  })
  const polling = startPolling({
    ...fake,
    random: seededRandom('poll'),
    log,
    identity: async () => (state.enrolled ? { prober: prober.id, key } : null),
    openDoor: () => ({
      call: async request => {
        asked.push(request)
        return reply(request)
      },
      close: async () => {
        state.closed = true
      },
    }),
    accepts: () => state.accepts,
    current: set.current,
    offer: set.offer,
  })
  const url = 'https://status.example/llm'
  polling.begin(url)
  const stop = () => {
    fake.nobodySleeps()
    return polling.stop()
  }
  return { ...fake, asked, said, state, version: () => set.current()?.version ?? null, polling, stop }
}

describe('asking for definitions', () => {
  test('is done about once a minute, signed by the prober for exactly that', async () => {
    const run = await begin(() => answer(304))
    await run.pass(10 * minute)
    expect(run.asked.length).toBeGreaterThan(8)
    expect(run.asked.length).toBeLessThan(14)
    const [first] = run.asked
    expect(first).toMatchObject({ method: 'GET', path: '/api/v1/definitions', body: null, mostBytes: 1 << 20 })
    const token = first?.headers.authorization?.replace('Bearer ', '') ?? ''
    const expected = { prober: prober.id, path: '/api/v1/definitions', nowMs: startMs }
    expect(await verifyRequest(key, token, expected)).toMatchObject({
      ok: true,
      claims: { htu: 'https://status.example/llm/api/v1/definitions' },
    })
    const tokens = run.asked.map(({ headers }) => headers.authorization)
    expect(new Set(tokens).size).toBe(tokens.length)
    await run.stop()
    expect(run.state.closed).toBe(true)
  })

  test('says what it has, so that nothing comes twice', async () => {
    const sealed = await seal(3)
    const run = await begin(({ headers }) => (headers['if-none-match'] === '"v3"' ? answer(304) : offers(sealed)))
    await run.pass(3 * minute)
    expect(run.version()).toBe(3)
    expect(run.asked.map(({ headers }) => headers['if-none-match'] ?? null).slice(0, 3)).toEqual([null, '"v3"', '"v3"'])
    await run.stop()
  })

  test('does not call a refused set known, and says why it was refused', async () => {
    const [old, fresh] = [await seal(2), await seal(3)]
    const offered = [fresh, old, old]
    const run = await begin(() => offers(offered.shift() ?? old))
    await run.pass(4 * minute)
    expect(run.version()).toBe(3)
    expect(run.asked[2]?.headers['if-none-match']).toBeUndefined()
    expect(run.said[0]).toMatchObject({ level: 'warn', fields: { reason: 'rolled_back' } })
    await run.stop()
  })

  test.each([
    ['nobody answers', { ok: false, why: 'ECONNREFUSED' } as const, 'ECONNREFUSED'],
    ['a captive portal answers', answer(200), 'status 200, and not from an aggregator'],
    ['it is sent elsewhere', answer(302, { location: 'https://evil.example' }), 'status 302'],
    ['the aggregator does not know it', answer(401, { code: 'unknown_key' }), 'status 401, unknown_key'],
    ['a code is an essay', answer(503, { code: 'Dear operator,\n' }), 'status 503'],
  ])('when %s: what is in force stays, and it is said', async (_what, reply, why) => {
    const sealed = await seal(3)
    let count = 0
    const run = await begin(() => (count++ === 0 ? offers(sealed) : reply))
    await run.pass(2 * minute)
    expect(run.version()).toBe(3)
    expect(run.said[0]).toMatchObject({ level: 'warn', words: 'definitions cannot be asked for', fields: { why } })
    await run.stop()
  })

  test('finding nothing there takes nothing away, and is nothing to mention', async () => {
    const sealed = await seal(3)
    let count = 0
    const run = await begin(() => (count++ === 0 ? offers(sealed) : answer(404, { code: 'not_found' })))
    await run.pass(3 * minute)
    expect([run.version(), run.said]).toEqual([3, []])
    await run.stop()
  })

  test('that is answered with brackets deeper than a stack ends nothing', async () => {
    const deep = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000))
    const run = await begin(() => answer(200, { payload: deep }))
    await run.pass(2 * minute)
    expect(run.said[0]).toMatchObject({ fields: { reason: 'malformed' } })
    await run.stop()
  })

  test('sends back no mark that could be another header', async () => {
    const sealed = await seal(3)
    const run = await begin(() => answer(200, JSON.parse(sealed.text), '"x"\r\nhost: evil.example'))
    await run.pass(2 * minute)
    expect(run.asked[1]?.headers).not.toHaveProperty('if-none-match')
    await run.stop()
  })

  test('is not done while they are not accepted, nor before this prober is known', async () => {
    const run = await begin(() => answer(304))
    run.state.accepts = false
    await run.pass(1)
    const before = run.asked.length
    await run.pass(5 * minute)
    expect(run.asked.length).toBe(before)
    run.state.accepts = true
    run.state.enrolled = false
    await run.pass(5 * minute)
    expect(run.asked.length).toBe(before)
    run.state.enrolled = true
    await run.pass(2 * minute)
    expect(run.asked.length).toBeGreaterThan(before)
    await run.stop()
  })

  test('says once that a set is stale, and the set keeps running', async () => {
    const sealed = await seal(3, 5 * minute)
    let count = 0
    const run = await begin(() => (count++ === 0 ? offers(sealed) : answer(304)))
    await run.pass(20 * minute)
    expect(run.version()).toBe(3)
    expect(run.said.map(({ fields }) => fields)).toEqual([{ version: 3, ended: instant(startMs + 5 * minute) }])
    await run.stop()
  })
})
