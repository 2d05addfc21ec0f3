import { afterEach, expect, test } from 'vitest'
import { type HealthServer, type Readiness, startHealthServer } from './health-server.ts'

const ready: Readiness = {
  ready: true,
  enrolled: true,
  spool_writable: true,
  schedule_moving: true,
  standing: 'approved',
  what_to_do: null,
}

const servers: HealthServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const serve = async (readiness: () => Readiness = () => ready, port = 0) => {
  const server = await startHealthServer({ host: '127.0.0.1', port, readiness, metrics: () => 'a_metric 1\n' })
  servers.push(server)
  return {
    port: server.port,
    get: (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init),
  }
}

test('healthz says that the process answers, readyz whether it does its work', async () => {
  let now = ready
  const { get } = await serve(() => now)
  expect((await get('/healthz')).status).toBe(200)
  expect((await get('/readyz')).status).toBe(200)
  now = { ...ready, ready: false, spool_writable: false }
  const answer = await get('/readyz?verbose')
  expect(answer.status).toBe(503)
  expect(await answer.json()).toEqual(now)
  expect((await get('/healthz')).status).toBe(200)
})

test('metrics are in the format that Prometheus reads', async () => {
  const { get } = await serve()
  const answer = await get('/metrics')
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(await answer.text()).toBe('a_metric 1\n')
})

test('there is nothing else there', async () => {
  const { get } = await serve()
  expect((await get('/')).status).toBe(404)
  expect((await get('/readyz', { method: 'POST' })).status).toBe(405)
})

test('a port that is taken says what to do', async () => {
  const { port } = await serve()
  await expect(serve(undefined, port)).rejects.toMatchObject({
    code: 'port_taken',
    message: expect.stringContaining(`127.0.0.1:${port}`),
  })
})

test('a host that is not here says so', async () => {
  const elsewhere = startHealthServer({ host: '192.0.2.1', port: 0, readiness: () => ready, metrics: () => '' })
  await expect(elsewhere).rejects.toMatchObject({ code: 'config_invalid' })
})
