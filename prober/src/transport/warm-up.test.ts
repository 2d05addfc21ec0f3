import type { Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import type { Attempt } from './attempt.ts'
import { attemptTo, generous, tryIt } from './testing/attempts.ts'
import { authority, type RawOptions, type RawServer, serveRaw } from './testing/raw-server.ts'

const servers: RawServer[] = []
const serve = async (options: RawOptions) => {
  const server = await serveRaw(options)
  servers.push(server)
  return server
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close()))
})

const whole = (body: string, ...lines: readonly string[]) =>
  `${['HTTP/1.1 200 X', `content-length: ${body.length}`, ...lines].join('\r\n')}\r\n\r\n${body}`

type Answer = (socket: Socket) => void
const saying =
  (text: string): Answer =>
  socket =>
    void socket.write(text)

/** One answer for each request on a connection, in turn. */
const inTurn =
  (first: Answer, second: Answer = saying(whole('measured'))): Answer =>
  socket => {
    first(socket)
    socket.once('data', () => second(socket))
  }

const warm = (port: number, change: Partial<Attempt> = {}): Attempt =>
  attemptTo(port, {
    method: 'POST',
    path: '/chat',
    body: '{}',
    headers: { host: 'localhost', 'x-api-key': 'k-1' },
    warmUp: { method: 'GET', path: '/models', headers: { host: 'localhost' } },
    ...change,
  })

const notKept = { operation: 'send', errno: 'ECANCELED', fault: 'not_kept' }

describe('a warm connection', () => {
  test('has carried an answer before the one that counts, which is all that is heard and stamped', async () => {
    const server = await serve({ answer: inTurn(saying(whole('warm'.repeat(1000)))) })
    const heard = await tryIt(warm(server.port))
    expect(heard).toMatchObject({ failure: null, text: 'measured', stamps: { dns: null, tcp: null, tls: null } })
    const { sent, firstByte, lastByte } = heard.stamps
    const order = [heard.startedUs + 50_000, heard.countsFromUs, sent, firstByte, lastByte, heard.endedUs]
    expect(order).toEqual(order.toSorted((a, b) => Number(a) - Number(b)))
    expect(server.accepted()).toBe(1)
    expect(server.received()).toBe(
      'GET /models HTTP/1.1\r\nhost: localhost\r\nconnection: keep-alive\r\n\r\n' +
        'POST /chat HTTP/1.1\r\nhost: localhost\r\nx-api-key: k-1\r\nconnection: close\r\nContent-Length: 2\r\n\r\n{}',
    )
  })

  test('over TLS is one too', async () => {
    const server = await serve({ tls: 'good', answer: inTurn(saying(whole('warm'))) })
    const origin = { scheme: 'https', host: 'localhost', port: server.port } as const
    expect(await tryIt(warm(server.port, { origin, ca: authority }))).toMatchObject({ failure: null, text: 'measured' })
    expect(server.accepted()).toBe(1)
  })

  test.each([
    ['a refusal', 'HTTP/1.1 401 X\r\ncontent-length: 2\r\n\r\nno'],
    ['a redirect', 'HTTP/1.1 302 X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n'],
    ['an error', 'HTTP/1.1 503 X\r\ntransfer-encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n'],
    ['nothing', 'HTTP/1.1 204 X\r\n\r\n'],
    ['hints first', `HTTP/1.1 103 X\r\nlink: x\r\n\r\n${whole('warm')}`],
  ])('is warm after %s', async (_what, text) => {
    const server = await serve({ answer: inTurn(saying(text)) })
    expect(await tryIt(warm(server.port))).toMatchObject({ failure: null, text: 'measured' })
  })

  test('is warm after an answer to HEAD', async () => {
    const server = await serve({ answer: inTurn(saying('HTTP/1.1 200 X\r\ncontent-length: 99\r\n\r\n')) })
    const warmUp = { method: 'HEAD', path: '/models', headers: { host: 'localhost' } }
    expect(await tryIt(warm(server.port, { warmUp }))).toMatchObject({ failure: null, text: 'measured' })
  })

  test('has the deadlines of the answer that counts from when it was asked', async () => {
    const slowly: Answer = socket => void setTimeout(() => socket.write(whole('warm')), 150)
    const server = await serve({ answer: inTurn(slowly, slowly) })
    const deadlines = { ...generous, firstByteMs: 220, totalMs: 220 }
    expect(await tryIt(warm(server.port, { deadlines }))).toMatchObject({ failure: null, text: 'warm' })
  })
})

describe('what comes behind the answer before it', () => {
  const stolen = whole('stolen')
  test.each<[what: string, first: Answer]>([
    ['another answer in the same breath', saying(whole('warm') + stolen)],
    [
      'another answer a moment later',
      socket => void socket.write(whole('warm'), () => setTimeout(() => socket.write(stolen), 15)),
    ],
    ['a close that it announced', socket => void socket.end(whole('warm', 'connection: close'))],
    ['a close that it did not announce', socket => void socket.end(whole('warm'))],
    ['a close a moment later', socket => void socket.write(whole('warm'), () => setTimeout(() => socket.end(), 15))],
    ['a reset', socket => void socket.write(whole('warm'), () => setTimeout(() => socket.resetAndDestroy(), 15))],
    ['an answer that only a close ends', socket => void socket.end('HTTP/1.1 200 X\r\n\r\nwarm')],
    ['an answer of HTTP/1.0', socket => void socket.end('HTTP/1.0 200 X\r\ncontent-length: 4\r\n\r\nwarm')],
    ['an announced close that does not come', saying(whole('warm', 'connection: close'))],
  ])('%s leaves nothing to ask on: it is not measured, and not asked', async (_what, first) => {
    for (let round = 0; round < 3; round++) {
      const server = await serve({ answer: inTurn(first) })
      const heard = await tryIt(warm(server.port))
      expect(heard).toMatchObject({ failure: notKept, head: null, text: '' })
      expect(heard.countsFromUs).toBeUndefined()
      expect(server.received()).not.toContain('k-1')
      expect(server.accepted()).toBe(1)
    }
  })
})

describe('a connection that does not get warm', () => {
  test('fails where it failed, with the stamps of its own way', async () => {
    const server = await serve({ answer: () => {} })
    const deadlines = { ...generous, firstByteMs: 60 }
    const heard = await tryIt(warm(server.port, { deadlines }))
    expect(heard).toMatchObject({ failure: { operation: 'first_byte', errno: 'ETIMEDOUT' }, head: null })
    const { dns, tcp, sent, firstByte } = heard.stamps
    expect([dns, tcp, sent].every(stamp => stamp !== null)).toBe(true)
    expect(firstByte).toBeNull()
    expect(heard.countsFromUs).toBeUndefined()
  })

  test.each<[what: string, answer: Answer, failure: object]>([
    [
      'cut',
      socket => void socket.end('HTTP/1.1 200 X\r\ncontent-length: 99\r\n\r\nwarm'),
      { operation: 'total', errno: 'EOF' },
    ],
    ['longer than it says', saying(`${whole('warm')}x`), { errno: expect.stringMatching(/^HPE_/) }],
    ['garbage', saying('SSH-2.0-OpenSSH\r\n'), { errno: expect.stringMatching(/^HPE_/) }],
    [
      'endless',
      socket => void socket.write(`HTTP/1.1 200 X\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`),
      { errno: 'HPE_HEADER_OVERFLOW' },
    ],
  ])('by an answer that is %s fails with it', async (_what, answer, failure) => {
    const server = await serve({ answer })
    expect(await tryIt(warm(server.port))).toMatchObject({ failure, head: null, text: '' })
    expect(server.received()).not.toContain('k-1')
  })

  test('is called off like any other', async () => {
    for (const atMs of [10, 30]) {
      const server = await serve({ answer: atMs === 10 ? () => {} : inTurn(saying(whole('warm'))) })
      const stop = new AbortController()
      setTimeout(() => stop.abort(), atMs)
      expect((await tryIt(warm(server.port), { signal: stop.signal })).failure?.errno).toBe('ECANCELED')
    }
  })
})
