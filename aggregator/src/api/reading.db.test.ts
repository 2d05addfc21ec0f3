import type { Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keptOnEachEngine } from '../../../test/postgres.ts'
import { testApp } from '../../test/test-app.ts'
import type { Db } from '../db/schema.ts'
import { buildWorld, type World, worldProviders } from './testing/world.ts'

/** Who may read what, how often the database is asked, and what is read while it is away. */

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly 'x-example-request'?: string }>>>>
}

/** Counts what it is asked, and can be away. */
const watched = (db: Kysely<Db>) => {
  const state = { asked: 0, away: false }
  const watchedDb = db.withPlugin({
    transformQuery: ({ node }) => {
      if (state.away) throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' })
      state.asked++
      return node
    },
    transformResult: async ({ result }) => result,
  })
  return { db: watchedDb, state }
}

keptOnEachEngine('reading', database => {
  let world: World
  let examples: readonly string[]
  beforeAll(async () => {
    world = await buildWorld(database.store().db)
    const { paths } = (
      await world.app.inject({ url: '/openapi.json', headers: { host: 'localhost' } })
    ).json<Described>()
    examples = Object.values(paths).flatMap(({ get }) => get?.['x-example-request'] ?? [])
  }, 120_000)
  afterAll(() => world.app.close())

  const appOn = (over: Parameters<typeof testApp>[1]) =>
    testApp(database.store().db, { providers: worldProviders, ...over })

  const closed = ['/api/v1/results', '/metrics', '/api/v1/ledger', '/api/v1/notices']
  const isClosed = (url: string): boolean => closed.some(path => url.startsWith(path))

  describe('off loopback', () => {
    it.each([true, false])('with public reading %s everything else is closed', async publicRead => {
      const { app } = await appOn({ config: { ...world.deps.config, host: '0.0.0.0', publicRead } })
      for (const url of [...examples, '/api/v1/ledger/eu-1', '/api/v1/results?format=csv']) {
        const response = await app.inject({ url, headers: { host: 'status.example', origin: 'https://a.example' } })
        const isOpen = publicRead && !isClosed(url)
        expect([url, response.statusCode]).toEqual([url, isOpen ? 200 : 401])
        expect([url, response.headers['access-control-allow-origin']]).toEqual([url, isOpen ? '*' : undefined])
        expect([url, response.headers['cross-origin-resource-policy']]).toEqual([
          url,
          isOpen ? 'cross-origin' : 'same-origin',
        ])
        expect([url, /^public, /.test(String(response.headers['cache-control']))]).toEqual([url, isOpen])
      }
    })

    it('a page elsewhere may ask again with what it has, and may ask nothing else', async () => {
      const { app } = await appOn({ config: { ...world.deps.config, host: '0.0.0.0', publicRead: true } })
      const preflight = (url: string) =>
        app.inject({
          method: 'OPTIONS',
          url,
          headers: { host: 'status.example', origin: 'https://a.example', 'access-control-request-method': 'GET' },
        })
      const open = await preflight('/api/v1/status')
      expect([open.statusCode, open.headers['access-control-allow-methods']]).toEqual([204, 'GET, HEAD'])
      expect(open.headers['access-control-allow-headers']).toBe('if-none-match')
      const shut = await preflight('/api/v1/results')
      expect([shut.statusCode, shut.headers['access-control-allow-origin']]).toEqual([401, undefined])
    })
  })

  it('costs a number of statements that does not grow with what there is', async () => {
    const { db, state } = watched(database.store().db)
    const most = { '/api/v1/status': 5, '/metrics': 9 }
    for (const url of examples) {
      // a program that has just begun keeps nothing yet
      const { app } = await appOn({ db })
      state.asked = 0
      const { statusCode } = await app.inject({ url, headers: { host: 'localhost' } })
      const limit = most[url as keyof typeof most] ?? 6
      expect([url, statusCode, state.asked <= limit || state.asked]).toEqual([url, 200, true])
    }
  })

  describe('while the database is away', () => {
    const goesOn = [
      '/api/v1/status',
      '/api/v1/providers',
      '/api/v1/providers/openai',
      '/api/v1/verdict?model=gpt-4.1-nano',
    ]
    const goesOnToo = ['/api/v2/summary.json', '/api/v2/incidents.json', '/badge/openai.svg', '/feed.xml', '/llms.txt']

    it('what was read last is read on, with its age, and is no longer what it was', async () => {
      const { db, state } = watched(database.store().db)
      const { app, clock } = await appOn({ db })
      const ask = (url: string, headers = {}) => app.inject({ url, headers: { host: 'localhost', ...headers } })
      const fresh = new Map<string, Awaited<ReturnType<typeof ask>>>()
      for (const url of [...goesOn, ...goesOnToo]) fresh.set(url, await ask(url))
      state.away = true
      clock.ms += 90_000
      for (const url of [...goesOn, ...goesOnToo]) {
        const was = fresh.get(url)
        expect([url, was?.headers.age]).toEqual([url, undefined])
        const now = await ask(url, { 'if-none-match': String(was?.headers.etag) })
        expect([url, now.statusCode, now.headers.age]).toEqual([url, 200, '90'])
      }
      expect((await ask('/api/v1/status')).json().stale_s).toBe(150)
      clock.ms += 300_000
      expect((await ask('/api/v1/status')).statusCode).toBe(200)
      expect((await ask('/api/v1/verdict?model=gpt-4.1-nano')).json()).toMatchObject({ code: 'unavailable' })
      expect((await ask('/badge/openai.svg')).body).toContain('as of 2026-11-20T12:00:00.000Z')
      const own = await ask('/metrics')
      expect(own.body).toContain('llmstatus_database_up 0')
      expect(own.body).not.toContain('provider_state')
      expect((await ask('/api/v1/results')).json()).toMatchObject({ code: 'unavailable', status: 503 })
      expect((await ask('/api/v1/results?format=csv')).json()).toMatchObject({ code: 'unavailable' })
    })

    it('a program that has read nothing yet says that it cannot', async () => {
      const { db, state } = watched(database.store().db)
      state.away = true
      const { app } = await appOn({ db })
      const response = await app.inject({ url: '/api/v1/status', headers: { host: 'localhost' } })
      expect([response.statusCode, response.headers['retry-after'], response.headers['cache-control']]).toEqual([
        503,
        '5',
        'no-store',
      ])
    })
  })
})
