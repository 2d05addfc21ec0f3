import fastify from 'fastify'
import { afterEach, expect, it } from 'vitest'
import { createDoorGuard, type DoorLimits } from './door-guard.ts'

const plenty = { perS: 1e9, burst: 1e9 }
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A door on a real socket, which answers when it is told to. */
const open = async (over: Partial<DoorLimits>) => {
  const app = fastify({ trustProxy: true })
  let answer = (): void => undefined
  const answered = new Promise<void>(resolve => {
    answer = resolve
  })
  const guard = createDoorGuard(
    { clock: { nowMs: () => 0 }, mostBytes: 1000 },
    { requests: plenty, bytes: plenty, bytesAtOnce: 1000, ...over },
  )
  guard(app)
  app.post('/slow', async () => answered.then(() => 'ok'))
  app.post('/', async () => 'ok')
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  closing.push(() => app.close())
  const post = (path: string, bytes: number, from = '10.0.0.1') =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', 'x-forwarded-for': from },
      body: 'x'.repeat(bytes),
    })
  return { post, answer }
}

it('an address that asks too often is told when to come again', async () => {
  const { post } = await open({ requests: { perS: 0.1, burst: 2 } })
  expect([(await post('/', 1)).status, (await post('/', 1)).status]).toEqual([200, 200])
  const refused = await post('/', 1)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10'])
  expect(await refused.json()).toMatchObject({ code: 'rate_limited' })
  expect((await post('/', 1, '10.0.0.2')).status).toBe(200)
})

it('bodies that are in memory at one time have a bound, and one address has half of it', async () => {
  const { post, answer } = await open({})
  const first = post('/slow', 400)
  await expect.poll(async () => (await post('/', 200)).status).toBe(503)
  expect((await post('/', 50)).status).toBe(200)
  expect((await post('/', 400, '10.0.0.2')).status).toBe(200)
  const refused = await post('/', 200)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await refused.json()).toMatchObject({ code: 'busy' })
  answer()
  expect((await first).status).toBe(200)
  await expect.poll(async () => (await post('/', 400)).status).toBe(200)
})
