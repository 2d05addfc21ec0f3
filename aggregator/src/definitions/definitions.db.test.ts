import { definitionsPath, openDefinitionSet, type VerifiedSet } from '@llmstatus/shared/definition-set'
import { keyFromSeed, type SigningKey } from '@llmstatus/shared/identity'
import { uuid7 } from '@llmstatus/shared/ids'
import { type RequestClaims, signRequest } from '@llmstatus/shared/request-token'
import { beforeEach, describe, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { seededBelow, seededRandom } from '../../test/random.ts'
import { startMs, type TestApp, testApp } from '../../test/test-app.ts'
import { enrolled, post, type TestProber } from '../../test/test-prober.ts'
import { openKeys } from '../keys/keys.ts'
import { addDefinition, listDefinitions, removeDefinition } from './change.ts'

const dayMs = 86_400_000
const sums = (content = 'What is 2 + 2?', name = 'sums') =>
  `provider: openai\nmodel: gpt-5-mini\nprobe_type: chat\nname: ${name}\nevery: 5m\nrequest: { messages: [{ role: user, content: "${content}" }] }\n`

eachEngine('the door of definitions', database => {
  const clock = { ms: startMs, nowMs: (): number => clock.ms }
  let test: TestApp
  let prober: TestProber
  beforeEach(async () => {
    clock.ms = startMs
    const random = seededRandom('aggregator')
    const seeds = [random(32)]
    const file = { path: 'k', kind: 'own', read: () => seeds, add: () => void seeds.push(random(32)) } as const
    const keys = await openKeys({ db: database.store().db, clock, file })
    test = await testApp(database.store().db, { clock, keys })
    prober = await enrolled(test)
  })

  const add = (text = sums(), file = 'sums.yaml') => addDefinition(test.deps, { text, file })
  const random = seededRandom('questions')
  const claims = (over: Partial<RequestClaims> = {}): RequestClaims => ({
    iss: prober.id,
    htm: 'GET',
    htu: `http://127.0.0.1:8420${definitionsPath}`,
    iat: Math.floor(clock.ms / 1000),
    jti: uuid7(clock.ms, random(10)),
    ...over,
  })
  const signed = (over: Partial<RequestClaims> = {}, key: SigningKey = prober.key()) => signRequest(key, claims(over))
  const ask = async (token?: string, headers: Record<string, string> = {}) => {
    // once a minute is enough for anybody
    clock.ms += 2000
    const authorization = `Bearer ${token ?? (await signed())}`
    return test.app.inject({ url: definitionsPath, headers: { host: 'localhost', authorization, ...headers } })
  }
  const offered = async (trusted: readonly SigningKey[] = [test.key]): Promise<VerifiedSet> => {
    const response = await ask()
    expect(response.statusCode, response.body).toBe(200)
    const opened = await openDefinitionSet(response.body, trusted, clock.ms)
    if (!opened.ok) throw new Error(opened.detail)
    return opened.set
  }

  it('answers a prober that signs its question with the set, signed, as it was written', async () => {
    await add()
    const response = await ask()
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'application/jose+json'])
    const set = await offered()
    expect(set.definitions).toEqual([
      {
        provider: 'openai',
        model: 'gpt-5-mini',
        probe_type: 'chat',
        name: 'sums',
        every: '5m',
        request: { messages: [{ role: 'user', content: 'What is 2 + 2?' }] },
      },
    ])
    expect(set.signers).toEqual([test.key.kid])
  })

  it('gives the same bytes for the same content, and says so instead where they are known', async () => {
    await add()
    const first = await ask()
    clock.ms += 14 * dayMs
    expect((await add()).is).toBe('same')
    const second = await ask()
    expect([second.body, second.headers.etag]).toEqual([first.body, first.headers.etag])
    const etag = String(first.headers.etag)
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const none = await ask(undefined, { 'if-none-match': known })
      expect([none.statusCode, none.body, none.headers.etag]).toEqual([304, '', etag])
    }
    expect((await ask(undefined, { 'if-none-match': '"other"' })).statusCode).toBe(200)
  })

  it('offers a higher version after each change, and an empty set at the end', async () => {
    expect((await ask()).statusCode).toBe(404)
    await add()
    const versions = [(await offered()).version]
    expect((await add(sums('And 3 + 3?'))).is).toBe('replaced')
    versions.push((await offered()).version)
    await add(sums('What?', 'other'))
    versions.push((await offered()).version)
    for (const name of ['sums', 'other']) await removeDefinition(test.deps, { name, provider: null, model: null })
    const last = await offered()
    expect(last.definitions).toEqual([])
    versions.push(last.version)
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b))
  })

  it('signs anew before the time of a set is over, and never for longer than it may live', async () => {
    await add()
    const versions = new Set<number>()
    for (let day = 0; day < 60; day++) {
      const set = await offered()
      const leftMs = Date.parse(set.expires) - clock.ms
      expect(leftMs).toBeGreaterThan(14.9 * dayMs)
      expect(leftMs).toBeLessThanOrEqual(30 * dayMs)
      versions.add(set.version)
      clock.ms += dayMs
    }
    expect(versions.size).toBe(4)
  })

  it('does not go back to an old version where the database did', async () => {
    await add()
    clock.ms += dayMs
    await add(sums('newer'))
    const { version } = await offered()
    await database.store().db.updateTable('definition_set').set({ version: 1 }).execute()
    clock.ms += dayMs
    await add(sums('newest'))
    expect((await offered()).version).toBeGreaterThan(version)
  })

  it('signs with the key before too, while that one is taken', async () => {
    await add()
    const { version } = await offered()
    const { inForce } = await test.deps.keys.rotate()
    const both = await offered([test.key, inForce])
    expect([both.version > version, both.signers]).toEqual([true, [inForce.kid, test.key.kid]])
    clock.ms += 8 * dayMs
    expect((await offered([inForce])).signers).toEqual([inForce.kid])
  })

  describe('refuses a question', () => {
    const refusedAs = async (token: string) => {
      const response = await ask(token)
      return [response.statusCode, response.json().code]
    }
    beforeEach(() => add())

    it('that nobody signed', async () => {
      for (const token of ['', 'x', 'a.b.c', 'A'.repeat(10_000)])
        expect(await refusedAs(token)).toEqual([401, 'not_signed'])
      const response = await test.app.inject({ url: definitionsPath, headers: { host: 'localhost' } })
      expect([response.statusCode, response.json().code]).toEqual([401, 'not_signed'])
    })

    it('of somebody who is not enrolled, is not approved yet, or not any more', async () => {
      expect(await refusedAs(await signed({}, await keyFromSeed(random(32))))).toEqual([401, 'unknown_key'])
      for (const [state, code] of [
        ['pending', 'not_approved'],
        ['revoked', 'revoked'],
        ['quarantined', 'quarantined'],
      ] as const) {
        await database.store().db.updateTable('prober').set({ state }).execute()
        expect(await refusedAs(await signed())).toEqual([403, code])
      }
    })

    it('by a key that its prober has replaced', async () => {
      const old = prober.key()
      await post(test.app, await prober.rotate(await keyFromSeed(random(32))))
      expect(await refusedAs(await signed({}, old))).toEqual([401, 'unknown_key'])
      expect((await ask(await signed())).statusCode).toBe(200)
    })

    it('for something else, by somebody else, or at another time', async () => {
      const other = await enrolled(test, 'other')
      for (const over of [
        { htu: 'http://127.0.0.1:8420/api/v1/batches' },
        { iss: other.id },
        { iat: Math.floor(clock.ms / 1000) - 62 },
        { iat: Math.floor(clock.ms / 1000) + 80 },
      ])
        expect(await refusedAs(await signed(over)), JSON.stringify(over)).toEqual([401, 'not_signed'])
    })

    it('that was altered on the way, whatever it was', async () => {
      const below = seededBelow(seededRandom('altered questions'))
      const good = await signed()
      for (let round = 0; round < (process.env.TEST_LONG === '1' ? 5_000 : 200); round++) {
        const at = below(good.length)
        const altered = `${good.slice(0, at)}${'AZaz09-_.'[below(9)]}${good.slice(at + below(3))}`
        if (altered === good) continue
        const { statusCode, body } = await ask(altered)
        expect([401], `round ${round}: ${statusCode} ${body}`).toContain(statusCode)
        clock.ms -= 1990
      }
    })

    it('that was asked before', async () => {
      const token = await signed()
      expect((await ask(token)).statusCode).toBe(200)
      expect(await refusedAs(token)).toEqual([401, 'not_signed'])
      clock.ms += 50_000
      expect(await refusedAs(token)).toEqual([401, 'not_signed'])
    })

    it('of a prober that does nothing but ask', async () => {
      const statuses = []
      for (let n = 0; n < 40; n++) {
        statuses.push((await ask()).statusCode)
        clock.ms -= 2000
      }
      expect(statuses.filter(status => status === 200)).toHaveLength(20)
      expect((await ask()).headers['retry-after']).toBe('2')
    })
  })

  describe('an administrator', () => {
    it('is told what is wrong with a definition, and where', async () => {
      await expect(add(sums().replace('every: 5m', 'evry: 5m'))).rejects.toMatchObject({
        code: 'config_invalid',
        message: expect.stringContaining('sums.yaml:5:1: evry'),
      })
      await expect(add(`${sums()}headers: { x: y }\n`)).rejects.toMatchObject({ code: 'config_invalid' })
      expect((await listDefinitions(test.deps)).set).toBeNull()
    })

    it('is asked which one, where several have the name', async () => {
      await add()
      await add(sums().replace('gpt-5-mini', 'gpt-5'))
      const wish = { name: 'sums', provider: null, model: null }
      await expect(removeDefinition(test.deps, wish)).rejects.toThrow('2 definitions have the name sums')
      expect(await removeDefinition(test.deps, { ...wish, model: 'gpt-5' })).toMatchObject({ model: 'gpt-5' })
      expect((await listDefinitions(test.deps)).definitions).toHaveLength(1)
      await expect(removeDefinition(test.deps, { ...wish, name: 'none' })).rejects.toMatchObject({ code: 'usage' })
    })

    it('keeps the set that was, where one definition more would be too much', async () => {
      await add()
      const before = await offered()
      const large = sums('x'.repeat(30_000), 'large')
      const manyMessages = large.replace(
        /messages: \[(.*)\] }/,
        (_, message) => `messages: [${Array(8).fill(message)}] }`,
      )
      const outcomes = []
      for (let n = 0; n < 4; n++)
        outcomes.push(
          await add(manyMessages.replace('name: large', `name: large-${n}`)).catch((error: Error) => error.message),
        )
      expect(outcomes.at(-1)).toContain('more than 1 MiB')
      const after = await offered()
      expect(after.definitions.length).toBeGreaterThan(before.definitions.length)
    })

    it('may say what no JSON column holds', async () => {
      await add(sums('a \\0 and \\uD83D\\uDE00'))
      expect(JSON.stringify((await offered()).definitions)).toContain('a \\u0000 and 😀')
    })
  })
})
