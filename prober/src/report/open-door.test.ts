import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import * as testOnly from '../../../simulator/testdata/test-only-certificates.ts'
import type { DoorRequest } from './door.ts'
import { openDoor } from './open-door.ts'

const clock = { nowMs: () => 1000, monoUs: () => 0 }
const get = (path: string, timeoutMs = 2000): DoorRequest => ({
  method: 'GET',
  path,
  headers: {},
  body: null,
  timeoutMs,
})

const servers: Server[] = []
const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const open = (url: string, ca: string | null = null) => {
  const door = openDoor({ url, ca, clock })
  closing.push(door.close)
  return door
}

describe('the door to the aggregator', () => {
  test('an answer is its status, its JSON object, and what it says about time', async () => {
    const url = await serve((request, response) => {
      response.writeHead(503, { 'retry-after': '7', date: 'Thu, 01 Jan 2026 00:00:00 GMT' })
      response.end(JSON.stringify({ path: request.url }))
    })
    expect(await open(`${url}/behind/`).call(get('/api/v1/batches'))).toEqual({
      ok: true,
      status: 503,
      retryAfter: '7',
      date: 'Thu, 01 Jan 2026 00:00:00 GMT',
      json: { path: '/behind/api/v1/batches' },
      sentMs: 1000,
      receivedMs: 1000,
    })
  })

  test('what is not a JSON object is none', async () => {
    const url = await serve((_request, response) => response.end('<html>'))
    expect(await open(url).call(get('/'))).toMatchObject({ ok: true, status: 200, json: null })
  })

  test('a redirect is an answer and is not followed', async () => {
    const seen: unknown[] = []
    const url = await serve((request, response) => {
      seen.push(request.url)
      response.writeHead(307, { location: '/elsewhere' }).end()
    })
    expect(await open(url).call(get('/here'))).toMatchObject({ ok: true, status: 307 })
    expect(seen).toEqual(['/here'])
  })

  test('an endless answer is cut off', async () => {
    const url = await serve((_request, response) => {
      const more = () => {
        if (!response.destroyed) response.write('x'.repeat(10_000), () => setImmediate(more))
      }
      more()
    })
    expect(await open(url).call(get('/'))).toEqual({ ok: false, why: 'an answer of more than 65536 bytes' })
  })

  test('one that never comes is not waited for', async () => {
    const url = await serve(() => undefined)
    expect(await open(url).call(get('/', 50))).toEqual({ ok: false, why: 'no answer in time' })
  })

  test('nobody listening is said by its code, also where a name has several addresses', async () => {
    const url = await serve(() => undefined)
    const { port } = new URL(url)
    await closing.splice(0)[0]?.()
    expect(await open(`http://127.0.0.1:${port}`).call(get('/'))).toEqual({ ok: false, why: 'ECONNREFUSED' })
    expect(await open(`http://localhost:${port}`).call(get('/'))).toEqual({ ok: false, why: 'ECONNREFUSED' })
  })

  test('localhost is found whichever of its addresses is listened on', async () => {
    const { port } = new URL(await serve((_request, response) => response.end('{}')))
    expect(await open(`http://localhost:${port}`).call(get('/'))).toMatchObject({ ok: true, status: 200 })
  })

  test('a private authority is trusted where it is given, and nowhere else', async () => {
    const server = createTlsServer({ key: testOnly.key, cert: testOnly.certificate }, (_request, response) =>
      response.end('{}'),
    )
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => server.close())
    const url = `https://localhost:${(server.address() as AddressInfo).port}`
    expect(await open(url, testOnly.authority).call(get('/'))).toMatchObject({ ok: true, status: 200 })
    expect(await open(url).call(get('/'))).toEqual({ ok: false, why: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
  })

  test('one connection serves many calls; one that was closed meanwhile is opened again', async () => {
    let connections = 0
    const url = await serve((request, response) => {
      response.end('{}', () => {
        if (request.url === '/last') setImmediate(() => request.socket.destroy())
      })
    })
    const door = open(url)
    servers.at(-1)?.on('connection', () => {
      connections += 1
    })
    for (const path of ['/', '/', '/last', '/', '/']) expect(await door.call(get(path))).toMatchObject({ ok: true })
    expect(connections).toBe(2)
  })

  test('what is posted arrives as it is', async () => {
    const url = await serve(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const { 'content-length': length, 'batch-jws': jws, host } = request.headers
      response.end(JSON.stringify({ length, jws, host, body: Buffer.concat(chunks).toString('hex') }))
    })
    const headers = { 'batch-jws': 'a.b.c' }
    const body = Buffer.from([0, 255, 10])
    const answer = await open(url).call({ ...get('/'), method: 'POST', headers, body })
    expect(answer).toMatchObject({
      json: { length: '3', jws: 'a.b.c', host: new URL(url).host, body: '00ff0a' },
    })
  })

  test('a cloud metadata address or name is never an aggregator', async () => {
    for (const host of ['169.254.169.254', '[fd00:ec2::254]', 'metadata.google.internal', '2852039166'])
      expect(await open(`http://${host}`).call(get('/', 1000))).toMatchObject({
        ok: false,
        why: expect.stringContaining('is not an address that an aggregator may have'),
      })
  })
})
