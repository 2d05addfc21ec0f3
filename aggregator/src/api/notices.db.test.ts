import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { eachEngine } from '../../../test/postgres.ts'
import { testApp } from '../../test/test-app.ts'
import { addProber } from '../judge/testing/rows.ts'
import type { Kind } from '../notice/kinds.ts'
import { NoticeList } from './notice-schema.ts'

const t0 = Date.UTC(2026, 10, 20, 12, 0, 0)
const providers = new Map([['openai', { name: 'OpenAI', kind: 'hosted' as const }]])

eachEngine('GET /api/v1/notices', database => {
  const db = () => database.store().db
  const get = async (query = '') => {
    const { app } = await testApp(db(), { providers })
    const response = await app.inject({ url: `/api/v1/notices${query}`, headers: { host: 'localhost' } })
    return { status: response.statusCode, json: response.json() }
  }
  const add = async (kind: Kind | 'of_tomorrow', minute: number, prober: number, more: object = {}) =>
    db()
      .insertInto('notice')
      .values({
        id: randomUUID(),
        kind,
        prober,
        provider: '',
        model: '',
        probe: '',
        first_seen: new Date(t0 + minute * 60_000),
        last_seen: new Date(t0 + 3_600_000),
        details: '{}',
        ...more,
      })
      .execute()

  it('tells the most urgent first, with whose it is and what to do', async () => {
    const prober = await addProber(db(), 'frankfurt')
    await add('model_changed', 9, prober, { provider: 'openai', model: 'm', details: '{"from":"a","to":"b"}' })
    await add('clock_off', 8, prober, { details: '{"offset_ms":45000}' })
    await add('clock_off', 8, prober + 1, { details: '{"offset_ms":-45000}', cleared_at: new Date(t0 + 3_600_000) })
    await add('key_rejected', 1, prober, { provider: 'openai' })
    await add('definitions_expired', 2, 0, { details: '{"definitions":2}' })
    await add('of_tomorrow', 3, 0)
    const { status, json } = await get()
    expect(status).toBe(200)
    const { notices } = NoticeList.parse(json)
    expect(notices.map(one => [one.severity, one.blame, one.text])).toEqual([
      ['urgent', 'account', 'OpenAI rejects the key of frankfurt'],
      ['warning', 'vantage', 'The clock of frankfurt is 45 s ahead of ours'],
      ['info', null, 'OpenAI answers m as b now, as a before, seen from frankfurt'],
      ['info', 'config', 'The set of 2 definitions has expired: no prober asks for it'],
    ])
    expect(notices[0]).toMatchObject({
      prober: { name: 'frankfurt' },
      provider: 'openai',
      model: null,
      cleared_at: null,
    })
    expect(notices[3]).toMatchObject({ prober: null, provider: null, provider_name: null })
  })

  it('tells what is over when it is asked for, also of a prober that is gone', async () => {
    await add('clock_off', 1, 4711, { details: '{"offset_ms":45000}', cleared_at: new Date(t0 + 3_600_000) })
    await add('definitions_expired', 2, 0)
    expect((await get('?state=cleared')).json.notices).toMatchObject([
      { text: 'The clock of a prober that is gone is 45 s ahead of ours', prober: null },
    ])
    expect((await get('?state=all')).json.notices).toHaveLength(2)
    expect((await get('?state=all&limit=1')).json.notices).toHaveLength(1)
  })

  it('refuses what it does not know', async () => {
    for (const query of ['?state=gone', '?limit=0', '?limit=101', '?kind=clock_off'])
      expect((await get(query)).json.code).toBe('bad_request')
  })

  describe('off loopback', () => {
    it('is closed, though the status may be open to everybody', async () => {
      const config = { host: '0.0.0.0', publicUrl: null, publicRead: true, trustProxy: false }
      const { app } = await testApp(db(), { config })
      const ask = async (url: string) => (await app.inject({ url, headers: { host: 'a.example' } })).statusCode
      expect([await ask('/api/v1/status'), await ask('/api/v1/notices')]).toEqual([200, 401])
    })
  })
})
