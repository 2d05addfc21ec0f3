import { beforeEach, describe, expect, it } from 'vitest'
import { eachEngine } from '../../test/postgres.ts'
import { type TestApp, testApp } from '../test/test-app.ts'

eachEngine('the application', database => {
  let test: TestApp
  beforeEach(async () => {
    test = await testApp(database.store().db)
  })
  const get = (url: string, host = 'localhost') => test.app.inject({ url, headers: { host } })

  it('answers what is not there as a problem', async () => {
    const response = await get('/nothing')
    expect(response.statusCode).toBe(404)
    expect(response.headers['content-type']).toContain('application/problem+json')
    expect(response.json()).toEqual({
      type: 'urn:llmstatus:problem:not_found',
      title: 'There is nothing here.',
      status: 404,
      code: 'not_found',
    })
  })

  it('answers no name that is not ours, whatever is asked', async () => {
    for (const url of ['/', '/healthz', '/api/v1/status', '/openapi.json', '/nothing']) {
      const response = await get(url, 'rebound.example')
      expect([url, response.statusCode, response.json().code]).toEqual([url, 421, 'host_not_allowed'])
    }
  })

  it('says on every answer that nothing may be sniffed, framed or kept', async () => {
    for (const url of ['/healthz', '/nothing', '/api/v1/status']) {
      const { headers } = await get(url)
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
      })
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    }
    expect((await get('/healthz', 'rebound.example')).headers['x-content-type-options']).toBe('nosniff')
  })

  it('is closed for readers when it listens for others', async () => {
    test = await testApp(database.store().db, { config: { ...test.deps.config, host: '0.0.0.0' } })
    expect((await get('/readyz', 'aggregator.internal')).statusCode).toBe(200)
    expect((await get('/api/v1/status', 'aggregator.internal')).json().code).toBe('sign_in_required')
  })

  it('keeps a route closed that says nothing of who may read it', async () => {
    test = await testApp(database.store().db, { config: { ...test.deps.config, host: '0.0.0.0', publicRead: true } })
    test.app.get('/forgotten', async () => 'everything')
    expect((await get('/forgotten', 'aggregator.internal')).json().code).toBe('sign_in_required')
    expect((await get('/api/v1/status', 'aggregator.internal')).statusCode).toBe(200)
  })

  describe('a bug', () => {
    it('is a 500 that tells the caller nothing, and the log everything', async () => {
      test.app.get('/broken', async () => {
        throw new Error('the secret of the wall')
      })
      const response = await get('/broken')
      expect([response.statusCode, response.json().code]).toEqual([500, 'internal'])
      expect(response.body).not.toContain('secret of the wall')
      expect(test.logged.some(line => line.includes('the secret of the wall'))).toBe(true)
    })
  })
})
