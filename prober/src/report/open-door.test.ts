import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { Secret } from '@llmstatus/shared/secret'
import { afterEach, describe, expect, test } from 'vitest'
import * as testOnly from '../../../simulator/testdata/test-only-certificates.ts'
import type { AggregatorProxy, AggregatorWay } from '../probe.ts'
import { type ConnectProxy, type ProxyOptions, serveConnectProxy } from '../tunnel/testing/connect-proxy.ts'
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

/** Takes every connection and says nothing: no handshake is ever over. */
const serveSilence = async (): Promise<string> => {
  const server = createTcpServer(socket => void closing.push(() => socket.destroy()))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const open = (url: string, way: Partial<AggregatorWay> = {}) => {
  const door = openDoor({ url, ca: null, proxy: null, ...way, clock })
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
      etag: null,
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

  test('what waits for a connection ends when its time is over, and at once when the door is closed', async () => {
    const url = await serveSilence()
    expect(await open(url).call(get('/', 100))).toEqual({ ok: false, why: 'no answer in time' })
    const door = open(url)
    const asked = door.call(get('/', 60_000))
    await door.close()
    expect(await asked).toEqual({ ok: false, why: 'no answer in time' })
    expect(await door.call(get('/', 60_000))).toEqual({ ok: false, why: 'no answer in time' })
  }, 2000)

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
    expect(await open(url, { ca: testOnly.authority }).call(get('/'))).toMatchObject({ ok: true, status: 200 })
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

describe('through a proxy', () => {
  const serveTls = async (): Promise<{ readonly url: string; readonly heads: () => string }> => {
    const heads: string[] = []
    const server = createTlsServer({ key: testOnly.key, cert: testOnly.certificate }, (request, response) => {
      heads.push(JSON.stringify(request.rawHeaders))
      response.end('{}')
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => {
      server.closeAllConnections()
      server.close()
    })
    const url = `https://aggregator.simulator.test:${(server.address() as AddressInfo).port}`
    return { url, heads: () => heads.join() }
  }
  const serveProxy = async (options: ProxyOptions = {}): Promise<ConnectProxy> => {
    const proxy = await serveConnectProxy(options)
    closing.push(proxy.close)
    return proxy
  }
  const via = ({ origin }: ConnectProxy, change: Partial<AggregatorProxy> = {}): AggregatorProxy => ({
    origin,
    secret: null,
    ca: null,
    for: 'any_address',
    ...change,
  })

  test('the aggregator is asked inside of a tunnel, whose password it never hears', async () => {
    const { url, heads } = await serveTls()
    const proxy = await serveProxy({ wants: 'me:pass' })
    const way = { ca: testOnly.authority, proxy: via(proxy, { secret: new Secret('me:pass') }) }
    const door = open(url, way)
    for (const path of ['/', '/'])
      expect(await door.call({ ...get(path), headers: { 'batch-jws': 'a.b.c' } })).toMatchObject({ status: 200 })
    expect(proxy.asked()).toEqual([new URL(url).host])
    expect(heads().toLowerCase()).not.toContain('proxy-')
    expect(proxy.seen()).not.toContain('a.b.c')
  })

  test('a proxy that is spoken to over TLS has an authority of its own', async () => {
    const { url } = await serveTls()
    const proxy = await serveProxy({ tls: true })
    const ca = testOnly.authority
    expect(await open(url, { ca, proxy: via(proxy, { ca }) }).call(get('/'))).toMatchObject({ status: 200 })
    expect(await open(url, { ca, proxy: via(proxy) }).call(get('/'))).toEqual({
      ok: false,
      why: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    })
  })

  test('a proxy that refuses is said by its status, and one that is not there by its code', async () => {
    const { url } = await serveTls()
    const proxy = await serveProxy({ wants: 'me:pass' })
    expect(await open(url, { proxy: via(proxy) }).call(get('/'))).toEqual({ ok: false, why: 'PROXY_407' })
    await proxy.close()
    expect(await open(url, { proxy: via(proxy) }).call(get('/'))).toEqual({ ok: false, why: 'ECONNREFUSED' })
  })

  test('one for public addresses leaves private ones, and what is not https, to the direct way', async () => {
    const proxy = await serveProxy()
    const forPublic = via(proxy, { for: 'public_addresses' })
    const { url: secure } = await serveTls()
    const here = secure.replace('aggregator.simulator.test', 'localhost')
    expect(await open(here, { ca: testOnly.authority, proxy: forPublic }).call(get('/'))).toMatchObject({ status: 200 })
    const plain = await serve((_request, response) => response.end('{}'))
    expect(await open(plain, { proxy: forPublic }).call(get('/'))).toMatchObject({ status: 200 })
    expect(proxy.asked()).toEqual([])
  })

  test('one for public addresses is asked for a name that is not known here', async () => {
    const proxy = await serveProxy()
    const { url } = await serveTls()
    const way = { ca: testOnly.authority, proxy: via(proxy, { for: 'public_addresses' }) }
    expect(await open(url, way).call(get('/', 4000))).toMatchObject({ status: 200 })
    expect(proxy.asked()).toEqual([new URL(url).host])
  })

  test('no metadata address is asked of a proxy, and none is one', async () => {
    const proxy = await serveProxy()
    for (const host of ['169.254.169.254', 'metadata.google.internal', '[fd00:ec2::254]'])
      expect(await open(`https://${host}`, { proxy: via(proxy) }).call(get('/', 1000))).toMatchObject({
        why: expect.stringContaining('is not an address that an aggregator may have'),
      })
    expect(proxy.asked()).toEqual([])
    const metadata = { ...via(proxy), origin: 'http://169.254.169.254:3128' }
    expect(await open('https://status.example.com', { proxy: metadata }).call(get('/', 1000))).toMatchObject({
      why: expect.stringContaining('is not an address'),
    })
  })
})
