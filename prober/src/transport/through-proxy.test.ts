import type { Socket } from 'node:net'
import { Secret } from '@llmstatus/shared/secret'
import { afterEach, describe, expect, test } from 'vitest'
import type { HttpProxy } from '../probe.ts'
import { type ConnectProxy, type ProxyOptions, serveConnectProxy } from '../tunnel/testing/connect-proxy.ts'
import type { Attempt } from './attempt.ts'
import { attemptTo, generous, tryIt } from './testing/attempts.ts'
import { authority, type RawServer, serveRaw } from './testing/raw-server.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const serveProxy = async (options: ProxyOptions = {}): Promise<ConnectProxy> => {
  const proxy = await serveConnectProxy(options)
  closing.push(proxy.close)
  return proxy
}

const serveOrigin = async (): Promise<RawServer> => {
  const origin = await serveRaw({
    tls: 'good',
    answer: socket => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'),
  })
  closing.push(origin.close)
  return origin
}

const via = (proxy: Pick<ConnectProxy, 'origin'>, change: Partial<HttpProxy> = {}): HttpProxy => ({
  origin: proxy.origin,
  secret: null,
  ca: null,
  ...change,
})

const host = 'openai.simulator.test'
const key = 'k-secret-0123456789'

const through = (proxy: HttpProxy, port: number, change: Partial<Attempt> = {}): Attempt =>
  attemptTo(port, {
    origin: { scheme: 'https', host, port },
    headers: { host, 'x-api-key': key },
    net: { private: false, cidrs: [] },
    ca: authority,
    proxy,
    ...change,
  })

const asked = (failure: { operation: string; errno: string } & Record<string, unknown>) => ({ failure, head: null })

describe('through a proxy', () => {
  test('TLS is to the origin, whose name is resolved over there', async () => {
    const origin = await serveOrigin()
    const proxy = await serveProxy()
    const resolve = async () => Promise.reject(new Error('nobody asked for a name here'))
    const heard = await tryIt(through(via(proxy), origin.port), { deps: { resolve } })
    expect(heard).toMatchObject({ failure: null, refusal: null, text: 'hello', head: { status: 200 } })
    const { dns, tcp, tls, sent, firstByte, lastByte } = heard.stamps
    expect(dns).toBeNull()
    const order = [heard.startedUs, tcp, tls, sent, firstByte, lastByte]
    expect(order).toEqual(order.toSorted((a, b) => Number(a) - Number(b)))
    expect(proxy.asked()).toEqual([`${host}:${origin.port}`])
  })

  test('it hears who is asking, and nothing else of us; the origin hears nothing of that', async () => {
    const origin = await serveOrigin()
    const proxy = await serveProxy({ wants: 'probe:pa:ss wörd' })
    const secret = new Secret('probe:pa:ss wörd')
    expect(await tryIt(through(via(proxy, { secret }), origin.port))).toMatchObject({ text: 'hello' })
    expect(proxy.heads()).toEqual([
      JSON.stringify({
        host: `${host}:${origin.port}`,
        'proxy-authorization': `Basic ${Buffer.from('probe:pa:ss wörd').toString('base64')}`,
      }),
    ])
    expect(proxy.seen()).not.toContain(key)
    expect(origin.received()).toContain(key)
    expect(origin.received().toLowerCase()).not.toContain('proxy-')
  })

  test('that is itself spoken to over TLS, by its own authority', async () => {
    const origin = await serveOrigin()
    const proxy = await serveProxy({ tls: true })
    const deps = { resolve: async () => ['127.0.0.1'] }
    expect(await tryIt(through(via(proxy, { ca: authority }), origin.port), { deps })).toMatchObject({ text: 'hello' })
    expect(await tryIt(through(via(proxy), origin.port), { deps })).toMatchObject(
      asked({ operation: 'proxy', errno: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', fault: 'proxy' }),
    )
  })

  test('a certificate of another authority is the failure of TLS, as it is without one', async () => {
    const origin = await serveOrigin()
    const proxy = await serveProxy()
    const heard = await tryIt(through(via(proxy), origin.port, { ca: null }))
    expect(heard.failure).toEqual({ operation: 'tls', errno: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
    expect(heard.stamps.tcp).not.toBeNull()
  })

  test('where a connection is the goal, a tunnel is one', async () => {
    const origin = await serveOrigin()
    const proxy = await serveProxy()
    const heard = await tryIt(through(via(proxy), origin.port, { goal: 'connection' }))
    expect(heard).toMatchObject({ failure: null, stamps: { dns: null, tls: null, sent: null } })
    expect(heard.stamps.tcp).not.toBeNull()
  })
})

const saying = (text: string) => (socket: Socket) => void socket.end(text)
const status = (code: number) => saying(`HTTP/1.1 ${code} X\r\n\r\n`)

describe('what a proxy does in place of a tunnel', () => {
  test.each([301, 400, 401, 403, 404, 407, 429, 500, 501, 505])('a %d is its own fault', async code => {
    const proxy = await serveProxy({ says: status(code) })
    const heard = await tryIt(through(via(proxy), 443))
    expect(heard).toMatchObject(asked({ operation: 'proxy', errno: `PROXY_${code}`, fault: 'proxy' }))
    expect(heard.stamps.tcp).toBeNull()
  })

  test.each([502, 503, 504])('a %d may speak of the origin, and is nobody’s own fault', async code => {
    const proxy = await serveProxy({ says: status(code) })
    expect((await tryIt(through(via(proxy), 443))).failure).toEqual({ operation: 'proxy', errno: `PROXY_${code}` })
  })

  test('a password that it does not know is its own fault', async () => {
    const proxy = await serveProxy({ wants: 'a:b' })
    for (const secret of [null, new Secret('a:c')])
      expect((await tryIt(through(via(proxy, { secret }), 443))).failure).toEqual({
        operation: 'proxy',
        errno: 'PROXY_407',
        fault: 'proxy',
      })
  })

  test.each<[what: string, options: ProxyOptions, errno: string | RegExp]>([
    ['bytes behind its answer', { behind: 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi' }, 'EPROTO'],
    ['a megabyte of headers', { says: saying(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1 << 20)}\r\n\r\n`) }, /OVERFLOW/],
    ['what is not HTTP', { says: saying('SSH-2.0-OpenSSH\r\n') }, /^HPE_/],
    ['a close', { says: socket => void socket.end() }, /^(EOF|ECONNRESET)$/],
    ['a reset', { says: socket => void socket.resetAndDestroy() }, 'ECONNRESET'],
    ['two answers', { says: saying('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n') }, 'EPROTO'],
  ])('%s ends it, and nothing is sent', async (_what, options, errno) => {
    const origin = await serveOrigin()
    const proxy = await serveProxy(options)
    const heard = await tryIt(through(via(proxy), origin.port))
    expect(heard.failure).toEqual({ operation: 'proxy', errno: expect.stringMatching(errno), fault: 'proxy' })
    expect(heard.stamps).toMatchObject({ tcp: null, tls: null, sent: null })
    expect(proxy.seen() + origin.received()).not.toContain(key)
  })

  const impatient = { deadlines: { ...generous, connectMs: 60 } }

  test('silence until the deadline may be the origin’s', async () => {
    const proxy = await serveProxy({ says: () => {} })
    const heard = await tryIt(through(via(proxy), 443, impatient))
    expect(heard.failure).toEqual({ operation: 'proxy', errno: 'ETIMEDOUT' })
  })

  test('a drip until the deadline is its own fault', async () => {
    const proxy = await serveProxy({ says: socket => void socket.write('HTTP/1.1 200') })
    const heard = await tryIt(through(via(proxy), 443, impatient))
    expect(heard.failure).toEqual({ operation: 'proxy', errno: 'ETIMEDOUT', fault: 'proxy' })
  })

  test('our own stop is nobody’s fault', async () => {
    const proxy = await serveProxy({ says: () => {} })
    const stop = new AbortController()
    const heard = tryIt(through(via(proxy), 443), { signal: stop.signal })
    setTimeout(() => stop.abort(), 20)
    expect((await heard).failure).toEqual({ operation: 'proxy', errno: 'ECANCELED' })
  })

  test('nobody there is its own fault', async () => {
    const proxy = await serveProxy()
    await closing.pop()?.()
    expect((await tryIt(through(via(proxy), 443))).failure).toEqual({
      operation: 'proxy',
      errno: 'ECONNREFUSED',
      fault: 'proxy',
    })
  })

  test('a name that does not resolve is its own fault', async () => {
    const resolve = async () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))
    const proxy = via({ origin: 'http://proxy.test:3128' })
    expect((await tryIt(through(proxy, 443), { deps: { resolve } })).failure).toEqual({
      operation: 'proxy',
      errno: 'ENOTFOUND',
      fault: 'proxy',
    })
  })
})

describe('the guard, before a proxy hears anything', () => {
  test.each([
    ['metadata.google.internal', 'metadata_name'],
    ['metadata.google.internal.', 'metadata_name'],
    ['x.metadata.google.internal', 'metadata_name'],
    ['169.254.169.254', 'metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['::ffff:a9fe:a9fe', 'metadata'],
    ['::ffff:169.254.169.254', 'invalid'],
    ['64:ff9b::a9fe:a9fe', 'metadata'],
    ['2852039166', 'invalid'],
    ['0xa9fea9fe', 'invalid'],
    ['0251.0376.0251.0376', 'invalid'],
    ['169.254.43518', 'invalid'],
    ['169.254.169.254.', 'invalid'],
    ['api.acme.example.', 'invalid'],
    ['10.0.0.1', 'private'],
    ['127.0.0.1', 'loopback'],
    ['127.1', 'invalid'],
    ['api.acme.example\r\nx: y', 'invalid'],
    ['api.acme.example:443@evil', 'invalid'],
  ])('%j is refused: %s', async (refused, refusal) => {
    const proxy = await serveProxy()
    const origin = { scheme: 'https', host: refused, port: 443 } as const
    expect(await tryIt(through(via(proxy), 443, { origin }))).toMatchObject({ refusal, failure: null, head: null })
    expect(proxy.asked()).toEqual([])
  })

  test('an address that was given locally goes through', async () => {
    const origin = await serveOrigin()
    const proxy = await serveProxy()
    const to = { scheme: 'https', host: '127.0.0.1', port: origin.port } as const
    const net = { private: true, cidrs: [] }
    expect(await tryIt(through(via(proxy), origin.port, { origin: to, net }))).toMatchObject({ text: 'hello' })
  })

  test.each([
    ['http://169.254.169.254:3128', [], 'metadata'],
    ['http://metadata.google.internal:3128', [], 'metadata_name'],
    ['http://proxy.test:3128', ['10.0.0.1', '169.254.169.254'], 'metadata'],
  ])('a proxy at %s is none', async (origin, addresses, refusal) => {
    const resolve = async () => addresses
    expect(await tryIt(through(via({ origin }), 443), { deps: { resolve } })).toMatchObject({ refusal, failure: null })
  })
})
