import fastify, { type FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import type { Store } from '../db/store.ts'
import { createIncidents } from '../incident/run.ts'
import { defaultPolicy, type Policy, readPolicy } from '../judge/policy.ts'
import { createJudge } from '../judge/run.ts'
import { addDefinition, addEndpoint, addProber, addResult, type Line } from '../judge/testing/rows.ts'
import { held } from '../lease/testing/held.ts'
import { IncidentDetail, IncidentList } from './incident-schema.ts'
import { installProblems } from './problem.ts'
import { catalogueOf } from './providers.ts'
import { registerApi } from './routes.ts'
import { Status } from './status-schema.ts'

const minute = 60_000
const t0 = Date.UTC(2026, 10, 20, 10, 0, 0)
const config = { publicRead: false, publicUrl: null }
const providers = catalogueOf([{ id: 'openai', name: 'OpenAI', kind: 'hosted' }])

const setUp = (db: Store['db'], policy: Policy = defaultPolicy) => {
  const clock = { now: t0, nowMs: () => clock.now }
  const log = pino({ level: 'silent' })
  const app = fastify({ loggerInstance: log }) as unknown as FastifyInstance
  installProblems(app, log)
  registerApi(app, { db, clock, policy, providers, version: '0.1.0', page: null, config })
  let count = 0
  const random = (bytes: number) => new Uint8Array(bytes).fill(count++)
  const incidents = createIncidents({ db, lease: held, policy, random, providers })
  const judge = createJudge({ db, clock, policy, providers, log, observe: incidents.observe })
  const get = async (url: string) => {
    const { statusCode, headers, body } = await app.inject(url)
    return { status: statusCode, type: headers['content-type'], json: body === '' ? null : JSON.parse(body) }
  }
  return { clock, judge, get, app }
}

/** One prober, one chat endpoint. */
const world = async (db: Store['db']) => {
  const prober = await addProber(db, 'frankfurt', { last_result_at: new Date(t0 - 3_000), clock_offset_ms: 4 })
  const endpoint = await addEndpoint(db, { model: 'gpt-4.1-nano', probe: 'chat' })
  const line: Line = { prober, endpoint, definition: await addDefinition(db, { prober, endpoint, type: 'chat' }) }
  return { prober, endpoint, line }
}

eachEngine('the API', database => {
  describe('from a failing probe to an incident, and back', () => {
    it('opens on the third failure, gets critical, resolves after two clean windows, and says all of it', async () => {
      const { db } = database.store()
      const { clock, judge, get } = setUp(db)
      const { endpoint, line } = await world(db)
      const minuteWith = async (outcome: 'ok' | 'server_error') => {
        await addResult(db, line, { slotMs: clock.now, outcome })
        await db
          .updateTable('prober')
          .set({ last_result_at: new Date(clock.now) })
          .execute()
        clock.now += 2_000
        await judge.afterStored([endpoint])
        clock.now += minute - 2_000
      }
      for (let i = 0; i < 6; i++) await minuteWith('ok')
      expect(Status.parse((await get('/api/v1/status')).json)).toMatchObject({
        overall: { state: 'operational', text: 'The one provider here is operational.' },
        providers: [{ id: 'openai', name: 'OpenAI', state: 'operational', reason: 'healthy', incident_id: null }],
      })

      await minuteWith('server_error')
      expect((await get('/api/v1/status')).json.providers[0]).toMatchObject({
        state: 'operational',
        reason: 'isolated_failures',
      })
      await minuteWith('server_error')
      expect((await get('/api/v1/status')).json.providers[0]).toMatchObject({ state: 'degraded', incident_id: null })
      await minuteWith('server_error')
      const failing = Status.parse((await get('/api/v1/status')).json)
      expect(failing.overall.text).toBe('OpenAI is degraded since 10:06 UTC, seen from one vantage.')
      expect(failing.providers[0]).toMatchObject({
        state: 'degraded',
        reason: 'server_error',
        blame: 'provider',
        confidence: 'low',
      })
      const { incidents } = IncidentList.parse((await get('/api/v1/incidents?state=open')).json)
      expect(incidents).toMatchObject([
        {
          id: failing.providers[0]?.incident_id,
          provider: 'openai',
          provider_name: 'OpenAI',
          status: 'open',
          impact: 'critical',
          reason: 'server_error',
          scope: [{ model: 'gpt-4.1-nano', probe: 'chat' }],
          text: 'OpenAI chat gpt-4.1-nano: 3 of 3 probes failed within 2 min (server_error), seen from one vantage',
        },
      ])

      for (let i = 0; i < 12; i++) await minuteWith('ok')
      const after = Status.parse((await get('/api/v1/status')).json)
      expect(after.providers[0]).toMatchObject({ state: 'operational', incident_id: null })
      expect((await get('/api/v1/incidents?state=open')).json).toEqual({ incidents: [] })
      const detail = IncidentDetail.parse((await get(`/api/v1/incidents/${incidents[0]?.id}`)).json)
      expect(detail.status).toBe('resolved')
      expect(detail.timeline.map(event => [event.n, event.kind])).toEqual([
        [1, 'opened'],
        [2, 'resolved'],
      ])
      expect(detail.timeline[1]?.text).toBe('OpenAI has recovered after 11 min')
      expect(detail.evidence).toMatchObject({
        state: 'degraded',
        endpoints: [{ model: 'gpt-4.1-nano', probe: 'chat', n: 3, failed: 3, codes: { server_error: 3 }, voters: 1 }],
      })
    })

    it('opens one incident, though three replicas judge the same results at once', async () => {
      const { db } = database.store()
      const { endpoint, line } = await world(db)
      for (const [i, outcome] of (['ok', 'timeout', 'timeout', 'timeout'] as const).entries())
        await addResult(db, line, { slotMs: t0 - (3 - i) * minute, outcome })
      await Promise.all([setUp(db), setUp(db), setUp(db)].map(({ judge }) => judge.afterStored([endpoint])))
      expect((await setUp(db).get('/api/v1/incidents')).json.incidents).toHaveLength(1)
      expect(await db.selectFrom('incident_event').select('kind').execute()).toEqual([{ kind: 'opened' }])
    })
  })

  describe('GET /api/v1/status', () => {
    it('is a status before there is anything', async () => {
      const { status, type, json } = await setUp(database.store().db).get('/api/v1/status')
      expect([status, type]).toEqual([200, 'application/json; charset=utf-8'])
      expect(Status.parse(json)).toMatchObject({
        as_of: '2026-11-20T10:00:00.000Z',
        policy: 'default',
        stale_s: null,
        providers: [],
      })
    })

    it('says when other numbers than the default ones judge', async () => {
      const policy = readPolicy('version: 1\nhold:\n  window: 20s\n', 'p.yaml')
      expect((await setUp(database.store().db, policy).get('/api/v1/status')).json.policy).toBe('custom')
    })

    it('takes uptime, coverage and first tokens from the hours', async () => {
      const { db } = database.store()
      const { prober, endpoint } = await world(db)
      const counts = {
        account_failed: 0,
        config_failed: 0,
        vantage_failed: 0,
        unclassified: 0,
        skipped: 0,
        tokens_out: 0,
        cost_usd: 0,
      }
      const hour = (hoursAgo: number, ok: number, failed: number) => ({
        ...counts,
        prober,
        endpoint,
        start: new Date(t0 - hoursAgo * 60 * minute),
        planned: 12,
        ok,
        provider_failed: failed,
      })
      await db
        .insertInto('rollup_hour')
        .values([hour(1, 9, 1), hour(2, 10, 0), hour(30, 0, 12)])
        .execute()
      const sketch = { metric: 'first_token', scale: 5, i: [277], c: [9], n: 9, sum: 3_600, min: 398, max: 402 }
      await db
        .insertInto('sketch_hour')
        .values([
          { prober, endpoint, start: new Date(t0 - 60 * minute), ...sketch },
          { prober, endpoint, start: new Date(t0 - 120 * minute), ...sketch, n: 50, c: [50] },
        ])
        .execute()
      const { providers: listed } = Status.parse((await setUp(db).get('/api/v1/status')).json)
      expect(listed[0]).toMatchObject({ uptime_24h: 0.95, coverage: 0.833333, ttft_ms: { n: 9, window_s: 3_600 } })
      expect(listed[0]?.ttft_ms.p50).toBeCloseTo(400, -1)
    })

    it('shows vantages by their reference, and the reference never among providers', async () => {
      const { db } = database.store()
      const { judge, get } = setUp(db)
      const { prober } = await world(db)
      const reference = await addEndpoint(db, { provider: 'reference', probe: 'reference' })
      const definition = await addDefinition(db, { prober, endpoint: reference, type: 'reference' })
      await addResult(db, { prober, endpoint: reference, definition }, { slotMs: t0 - 1_000, outcome: 'ok' })
      await addProber(db, 'pending', { state: 'pending' })
      await judge.afterStored([reference])
      const status = Status.parse((await get('/api/v1/status')).json)
      expect(status.vantages).toMatchObject([
        {
          name: 'frankfurt',
          region: 'test',
          state: 'operational',
          last_result_at: '2026-11-20T09:59:57.000Z',
          clock_offset_ms: 4,
        },
      ])
      expect(status.stale_s).toBe(3)
      expect(status.providers.map(one => one.id)).toEqual(['openai'])
    })
  })

  describe('GET /api/v1/incidents', () => {
    const addIncident = (db: Store['db'], n: number, resolved: boolean) =>
      db
        .insertInto('incident')
        .values({
          id: `019a9f2e-0000-7000-8000-00000000000${n}`,
          provider: `p${n}`,
          state: 'degraded',
          impact: 'minor',
          impact_now: 'minor',
          reason: 'timeout',
          opened_at: new Date(t0 + n * minute),
          resolved_at: resolved ? new Date(t0 + 9 * minute) : null,
          clean_at: null,
          scope: JSON.stringify([{ model: '', probe: 'reachability' }]),
        })
        .execute()

    it('lists the newest first, by state and at most so many', async () => {
      const { db } = database.store()
      const { get } = setUp(db)
      for (const n of [1, 2, 3]) await addIncident(db, n, n !== 2)
      const ids = async (query: string) =>
        IncidentList.parse((await get(`/api/v1/incidents${query}`)).json).incidents.map(one => one.provider)
      expect(await ids('')).toEqual(['p3', 'p2', 'p1'])
      expect(await ids('?state=open')).toEqual(['p2'])
      expect(await ids('?state=resolved')).toEqual(['p3', 'p1'])
      expect(await ids('?limit=2')).toEqual(['p3', 'p2'])
      expect(await ids('?state=resolved&limit=1')).toEqual(['p3'])
    })

    it('has no incident of another id', async () => {
      const { status, type, json } = await setUp(database.store().db).get(
        '/api/v1/incidents/019a9f2e-0000-7000-8000-000000000009',
      )
      expect([status, type, json.code]).toEqual([404, 'application/problem+json', 'not_found'])
    })
  })

  describe('a question that cannot be read', () => {
    it.each([
      ['/api/v1/incidents?limit=0', 'limit'],
      ['/api/v1/incidents?limit=101', 'limit'],
      ['/api/v1/incidents?limit=ten', 'limit'],
      ['/api/v1/incidents?limit=1&limit=2', 'limit'],
      ['/api/v1/incidents?state=closed', 'state'],
      ['/api/v1/incidents?stat=open', 'stat'],
      ['/api/v1/status?verbose=1', 'verbose'],
      ['/api/v1/incidents/1%27%20or%201=1', 'id'],
    ])('%s is refused with the field that is wrong', async (url, field) => {
      const { status, type, json } = await setUp(database.store().db).get(url)
      expect([status, type]).toEqual([400, 'application/problem+json'])
      expect(json).toMatchObject({ code: 'bad_request', field })
      expect(json.detail).toContain(field)
    })

    it.each(['/nothing', '/api/v1/', '/api/v2/status', '/api/v1/status/'])('%s is not there', async url => {
      const { status, type, json } = await setUp(database.store().db).get(url)
      expect([status, type, json.code]).toEqual([404, 'application/problem+json', 'not_found'])
    })
  })

  describe('when the database is away', () => {
    it('the last status is given with its age, and a question that cannot be answered is 503', async () => {
      const { db } = database.store()
      await world(db)
      let isAway = false
      const gone = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' })
      const flaky = db.withPlugin({
        transformQuery: ({ node }) => {
          if (isAway) throw gone
          return node
        },
        transformResult: async ({ result }) => result,
      })
      const { get, clock } = setUp(flaky)
      const before = (await get('/api/v1/status')).json
      isAway = true
      clock.now += 30_000
      expect((await get('/api/v1/status')).json).toEqual({ ...before, stale_s: before.stale_s + 30 })
      expect(await get('/api/v1/incidents')).toMatchObject({ status: 503, json: { code: 'unavailable' } })
    })
  })
})
