import { keyFromSeed } from '@llmstatus/shared/identity'
import { Secret } from '@llmstatus/shared/secret'
import { describe, expect, test } from 'vitest'
import { createDisk } from '../../test/crash-disk.ts'
import { createFakeAggregator, type FakeAggregator } from '../../test/fake-aggregator.ts'
import { proberId, seededRandom } from '../../test/known-identity.ts'
import { type EnrolDeps, enrol, openToken } from './enrol.ts'
import { loadIdentity } from './identity-file.ts'

const nowMs = Date.UTC(2026, 0, 1)
const url = 'https://status.example.com'

const setUp = async (over: Partial<EnrolDeps> = {}) => {
  const fake = await createFakeAggregator(() => nowMs)
  const disk = createDisk()
  const deps: EnrolDeps = {
    files: disk.files,
    door: () => fake.door,
    clock: { nowMs: () => nowMs, monoUs: () => 0 },
    random: seededRandom('enrol'),
    token: openToken(new Secret(fake.token(url))),
    url: null,
    name: 'test',
    region: null,
    version: '0.1.0',
    ...over,
  }
  return { fake, disk, deps, again: (next: Partial<EnrolDeps> = {}) => enrol({ ...deps, ...next }, 1000) }
}

const once = (fake: FakeAggregator, fault: 'answer_lost' | 'html_200' | 'cut') => {
  let left = 1
  fake.faults(() => (left-- > 0 ? fault : 'none'))
}

describe('enrolment', () => {
  test('a token becomes an identity that is there after a restart, with the key of the aggregator pinned', async () => {
    const { fake, disk, again } = await setUp()
    expect(await again()).toMatchObject({ ok: true, state: 'approved', identity: { prober: proberId } })
    const identity = await loadIdentity(disk.crash(() => 0).files)
    expect(identity).toMatchObject({ prober: proberId, aggregator: { url } })
    expect(identity?.aggregator.key.kid).toBe(fake.key.kid)
    expect(disk.names()).toEqual(['identity.json'])
  })

  test('an answer that was lost is asked for again with the same key', async () => {
    const { fake, again, disk } = await setUp()
    once(fake, 'answer_lost')
    expect(await again()).toEqual({ ok: false, why: 'ECONNRESET' })
    expect(await loadIdentity(disk.files)).toBeNull()
    expect(await again({ random: seededRandom('another start') })).toMatchObject({ ok: true })
  })

  test('a captive portal is no aggregator', async () => {
    const { fake, again } = await setUp()
    once(fake, 'html_200')
    expect(await again()).toEqual({ ok: false, why: 'status 200, and not from an aggregator' })
  })

  test('a token that is unknown or used is refused, and nothing is left behind', async () => {
    for (const code of ['token_invalid', 'token_used', 'name_taken'] as const) {
      const { fake, deps, disk } = await setUp()
      const status = code === 'token_invalid' ? 401 : 409
      const door = { ...fake.door, call: async () => ({ ...plainAnswer, status, json: { code } }) }
      await expect(enrol({ ...deps, door: () => door }, 1000)).rejects.toMatchObject({ code })
      expect(disk.names()).toEqual([])
    }
  })

  test('another aggregator is not believed, whatever it answers', async () => {
    const { fake, again } = await setUp()
    const otherKey = await keyFromSeed(new Uint8Array(32).fill(9))
    const token = { ...openToken(new Secret(fake.token(url))), aggregator: otherKey.kid }
    const door = {
      ...fake.door,
      call: async () => ({ ...plainAnswer, status: 201, json: { answer: 'a.b.c', jwk: otherKey.jwk } }),
    }
    await expect(again({ token, door: () => door })).rejects.toMatchObject({ code: 'aggregator_untrusted' })
  })

  test('a token that has expired is not waited for when nobody answers', async () => {
    const { fake, deps } = await setUp()
    fake.faults(() => 'cut')
    const token = openToken(new Secret(fake.token(url, nowMs - 1000)))
    await expect(enrol({ ...deps, token }, 1000)).rejects.toMatchObject({ code: 'token_invalid' })
  })

  test('what is no token is said so', () => {
    expect(() => openToken(new Secret('lls1.nonsense'))).toThrow('is not an enrolment token')
  })

  test('a damaged identity is an error that says what to do, and not a new enrolment', async () => {
    const { disk, again } = await setUp()
    await again()
    disk.bytes('identity.json').write('x', 20)
    await expect(loadIdentity(disk.files)).rejects.toMatchObject({ code: 'data_dir_unusable' })
  })
})

const plainAnswer = { ok: true as const, retryAfter: null, date: null, sentMs: 0, receivedMs: 0 }
