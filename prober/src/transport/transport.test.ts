import type { Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { caps } from './attempt.ts'
import { attemptTo, generous, realClock, tryIt } from './testing/attempts.ts'
import { authority, type RawOptions, type RawServer, serveRaw } from './testing/raw-server.ts'

/** Not every container has one. */
const loopback6 = Object.values(networkInterfaces())
  .flat()
  .find(own => own?.address === '::1')?.address

const servers: RawServer[] = []
const serve = async (options: RawOptions | RawOptions['answer']) => {
  const server = await serveRaw(typeof options === 'function' ? { answer: options } : options)
  servers.push(server)
  return server
}
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.close()))
})

const head = (status: number, ...lines: readonly string[]) =>
  `HTTP/1.1 ${[`${status} X`, ...lines].join('\r\n')}\r\n\r\n`
const saying = (text: string | Buffer) => (socket: Socket) => void socket.end(text)
const whole = (body: string) => `${head(200, `content-length: ${body.length}`)}${body}`
const chunked = (...pieces: readonly string[]) =>
  pieces.map(piece => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')
const stream = (...pieces: readonly string[]) =>
  `${head(200, 'transfer-encoding: chunked')}${chunked(...pieces)}0\r\n\r\n`

describe('an answer', () => {
  test('has its stamps in order, and ends where its last byte came', async () => {
    const { port } = await serve(saying(whole('hello')))
    const { stamps, head, failure, text, startedUs, endedUs } = await tryIt(attemptTo(port))
    expect({ failure, text, status: head?.status }).toEqual({ failure: null, text: 'hello', status: 200 })
    const order = [startedUs, stamps.dns, stamps.tcp, stamps.sent, stamps.firstByte, stamps.lastByte, endedUs]
    expect(order).toEqual(order.toSorted((a, b) => Number(a) - Number(b)))
    expect(stamps.tls).toBeNull()
  })

  test('over TLS has one stamp more', async () => {
    const { port } = await serve({ tls: 'good', answer: saying(whole('hello')) })
    const origin = { scheme: 'https', host: 'localhost', port } as const
    const { stamps, text, failure, certificateEndsMs } = await tryIt(
      attemptTo(port, { origin, ca: authority, wantsCertificate: true }),
    )
    expect({ failure, text }).toEqual({ failure: null, text: 'hello' })
    const order = [stamps.dns, stamps.tcp, stamps.tls, stamps.sent, stamps.firstByte]
    expect(order).toEqual(order.toSorted((a, b) => Number(a) - Number(b)))
    expect(certificateEndsMs).toBeGreaterThan(Date.now())
  })

  test('sends exactly one request, over one connection, and hangs up', async () => {
    const server = await serve(saying(whole('')))
    await tryIt(attemptTo(server.port, { method: 'POST', path: '/v1/x?y=1', body: '{"é":1}', headers: { host: 'h' } }))
    expect(server.accepted()).toBe(1)
    expect(server.received()).toBe(
      `POST /v1/x?y=1 HTTP/1.1\r\nhost: h\r\nconnection: close\r\nContent-Length: 8\r\n\r\n${Buffer.from('{"é":1}').toString('latin1')}`,
    )
  })

  test.each([301, 302, 303, 307, 308])('that is a %d is not followed', async status => {
    const elsewhere = await serve(saying(whole('stolen')))
    const { port } = await serve(
      saying(head(status, `location: http://127.0.0.1:${elsewhere.port}/`, 'content-length: 0')),
    )
    const result = await tryIt(attemptTo(port, { headers: { host: 'localhost', 'x-api-key': 'k' } }))
    expect(result.head?.status).toBe(status)
    expect(elsewhere.accepted()).toBe(0)
  })

  test.each([
    ['that ends with its connection is whole', `${head(200)}hello`, 'hello'],
    ['after hints is the one after them', `${head(103, 'link: x')}${head(100)}${whole('hello')}`, 'hello'],
    ['of 204 has no body', head(204), ''],
    ['in chunks is put together', stream('hel', 'lo'), 'hello'],
  ])('%s', async (_fact, bytes, text) => {
    const { port } = await serve(saying(bytes))
    expect(await tryIt(attemptTo(port))).toMatchObject({ failure: null, text })
  })

  test('to HEAD is its head', async () => {
    const { port } = await serve(saying(head(200, 'content-length: 99', 'content-encoding: gzip')))
    expect(await tryIt(attemptTo(port, { method: 'HEAD' }))).toMatchObject({ failure: null, head: { status: 200 } })
  })

  test('is over when nothing more could matter, whatever the server still wants to say', async () => {
    const { port } = await serve(socket => {
      socket.write(`${head(200, 'transfer-encoding: chunked')}${chunked('data: [DONE]')}`)
    })
    const result = await tryIt(attemptTo(port), {
      progress: text => (text.includes('[DONE]') ? 'complete' : 'waiting'),
    })
    expect(result).toMatchObject({ failure: null, text: 'data: [DONE]' })
    expect(result.stamps.lastByte).toBe(result.chunks[0]?.atUs)
  })
})

test('arrivals are stamped before anything is read: a slow reader of one does not delay another', async () => {
  const together = 6
  const asked: Socket[] = []
  const { port } = await serve(socket => {
    asked.push(socket)
    if (asked.length === together) for (const one of asked) one.end(whole('x'))
  })
  const slowly = () => {
    const untilUs = realClock.monoUs() + 60_000
    while (realClock.monoUs() < untilUs);
    return 'generating' as const
  }
  const results = await Promise.all(
    Array.from({ length: together }, () => tryIt(attemptTo(port), { progress: slowly })),
  )
  const stamps = results.map(({ chunks }) => chunks[0]?.atUs ?? 0)
  expect(Math.max(...stamps) - Math.min(...stamps)).toBeLessThan(60_000)
})

describe('an answer that is cut', () => {
  const bytes = Buffer.from(stream('data: 1\n\n', 'data: [DONE]\n\n'))
  const ends = ['end', 'reset'] as const

  test.each(ends)('at any byte by an %s ends at once, with what came', async how => {
    const cuts = Array.from({ length: bytes.length }, (_byte, index) => index)
    let next = 0
    const { port } = await serve(socket => {
      const cut = cuts[next++ % cuts.length] ?? 0
      socket.write(bytes.subarray(0, cut), () => (how === 'end' ? socket.end() : socket.resetAndDestroy()))
      if (cut === 0 && how === 'end') socket.end()
    })
    for (const cut of cuts) {
      const { failure, text, head } = await tryIt(attemptTo(port))
      expect(failure, `cut at ${cut}`).not.toBeNull()
      expect(failure?.errno).toBe(how === 'end' ? 'EOF' : 'ECONNRESET')
      if (how === 'end') expect('data: 1\n\ndata: [DONE]\n\n'.startsWith(text)).toBe(true)
      if (head === null) expect(text).toBe('')
      expect(failure?.operation).toMatch(cut === 0 ? 'first_byte' : /first_byte|total/)
    }
  })

  test('short of its length ends as a close', async () => {
    const { port } = await serve(saying(`${head(200, 'content-length: 99')}hello`))
    expect(await tryIt(attemptTo(port))).toMatchObject({ failure: { operation: 'total', errno: 'EOF' }, text: 'hello' })
  })

  test('has no last byte', async () => {
    const { port } = await serve(saying(`${head(200, 'content-length: 99')}hello`))
    expect((await tryIt(attemptTo(port))).stamps.lastByte).toBeNull()
  })
})

describe('a server that misbehaves', () => {
  test.each([
    ['what is not HTTP', 'SSH-2.0-OpenSSH\r\n', /^HPE_/],
    ['a switch of protocol', head(101, 'upgrade: websocket', 'connection: upgrade'), /^HPE_PAUSED_UPGRADE$/],
    ['a chunk size that is none', `${head(200, 'transfer-encoding: chunked')}zz\r\n`, /^HPE_INVALID_CHUNK_SIZE$/],
    ['two lengths', head(200, 'content-length: 1', 'content-length: 2'), /^HPE_/],
    ['a flood in one header', head(200, `x: ${'y'.repeat(caps.headerBytes)}`), /^HPE_HEADER_OVERFLOW$/],
    [
      'a flood of headers',
      head(200, ...Array.from({ length: 1_900 }, (_x, i) => `x-flood-${i}: y`)),
      /^HPE_HEADER_OVERFLOW$/,
    ],
  ])('%s ends with its errno', async (_what, bytes, errno) => {
    const { port } = await serve(saying(bytes))
    expect((await tryIt(attemptTo(port))).failure?.errno).toMatch(errno)
  })

  const flood = (socket: Socket, piece: Buffer) => {
    const more = () => {
      while (!socket.destroyed && socket.write(piece));
    }
    socket.on('drain', more)
    more()
  }

  test('an endless body ends at the cap', async () => {
    const { port } = await serve(socket => {
      socket.write(head(200))
      flood(socket, Buffer.alloc(65_536, 'x'))
    })
    const { failure, text } = await tryIt(attemptTo(port))
    expect(failure).toEqual({ operation: 'total', errno: 'EFBIG' })
    expect(text.length).toBeLessThanOrEqual(caps.bodyBytes)
  })

  test('an endless body in chunks of one byte ends at a cap', async () => {
    const { port } = await serve(socket => {
      socket.write(head(200, 'transfer-encoding: chunked'))
      flood(socket, Buffer.from('1\r\nx\r\n'.repeat(10_000)))
    })
    expect((await tryIt(attemptTo(port))).failure?.errno).toBe('EFBIG')
  })

  test('endless hints end at a cap', async () => {
    const { port } = await serve(socket => flood(socket, Buffer.from(head(103, 'link: x').repeat(100))))
    expect((await tryIt(attemptTo(port))).failure).toEqual({ operation: 'total', errno: 'EFBIG' })
  })

  test('who never stops talking is still interrupted in time', async () => {
    const { port } = await serve(socket => {
      socket.write(head(200, 'transfer-encoding: chunked'))
      flood(socket, Buffer.from(`400;${'e'.repeat(1000)}\r\n${'x'.repeat(1024)}\r\n`))
    })
    const attempt = attemptTo(port, { awaitsToken: true, deadlines: { ...generous, firstTokenMs: 5 } })
    const { failure } = await tryIt(attempt, { progress: () => 'waiting' })
    expect(failure?.errno).toMatch(/^(ETIMEDOUT|EFBIG|HPE_CHUNK_EXTENSIONS_OVERFLOW)$/)
  })
})

describe('a body that is compressed although nobody asked', () => {
  const coded = (coding: string, body: Buffer) =>
    Buffer.concat([Buffer.from(head(200, `content-encoding: ${coding}`, `content-length: ${body.length}`)), body])

  test.each([
    ['gzip', gzipSync('hello')],
    ['x-gzip', gzipSync('hello')],
    ['deflate', deflateSync('hello')],
    ['br', brotliCompressSync('hello')],
    ['identity', Buffer.from('hello')],
  ])('with %s is read', async (coding, body) => {
    const { port } = await serve(saying(coded(coding, body)))
    expect(await tryIt(attemptTo(port))).toMatchObject({ failure: null, text: 'hello' })
  })

  test('keeps the arrival of the chunk each piece came in', async () => {
    const packed = gzipSync(Buffer.alloc(60_000, 'abc'), { level: 0 })
    const { port } = await serve(socket => {
      socket.write(head(200, 'content-encoding: gzip', `content-length: ${packed.length}`))
      socket.write(packed.subarray(0, 30_000), () => setTimeout(() => socket.end(packed.subarray(30_000)), 30))
    })
    const { chunks, text, failure } = await tryIt(attemptTo(port))
    expect({ failure, length: text.length }).toEqual({ failure: null, length: 60_000 })
    expect((chunks.at(-1)?.atUs ?? 0) - (chunks[0]?.atUs ?? 0)).toBeGreaterThan(20_000)
  })

  test('to a bomb ends at the cap', async () => {
    const { port } = await serve(saying(coded('gzip', gzipSync(Buffer.alloc(64 << 20)))))
    const { failure, text } = await tryIt(attemptTo(port))
    expect(failure?.errno).toBe('EFBIG')
    expect(text.length).toBeLessThanOrEqual(caps.bodyBytes)
  })

  test.each([
    ['that is no such thing', Buffer.from('hello')],
    ['that is cut', gzipSync('hello'.repeat(1000)).subarray(0, 30)],
  ])('%s cannot be read', async (_what, body) => {
    const { port } = await serve(saying(coded('gzip', body)))
    expect((await tryIt(attemptTo(port))).failure?.errno).toMatch(/^Z_/)
  })

  test('with an unknown coding is handed on as it is', async () => {
    const { port } = await serve(saying(coded('zstd-of-tomorrow', Buffer.from('???'))))
    expect(await tryIt(attemptTo(port))).toMatchObject({ failure: null, text: '???' })
  })
})

describe('a deadline', () => {
  const silent = () => {}
  const token = {
    progress: (text: string) => (text.includes('tok') ? 'generating' : 'waiting') as 'generating' | 'waiting',
  }

  test('for the connection runs out in the handshake', async () => {
    const { port } = await serve({ early: true, answer: silent })
    const origin = { scheme: 'https', host: '127.0.0.1', port } as const
    const { failure } = await tryIt(attemptTo(port, { origin, deadlines: { ...generous, connectMs: 80 } }))
    expect(failure).toEqual({ operation: 'tls', errno: 'ETIMEDOUT' })
  })
  test('for the connection runs out in the lookup', async () => {
    const attempt = attemptTo(1, {
      origin: { scheme: 'http', host: 'slow.example', port: 1 },
      deadlines: { ...generous, connectMs: 60 },
    })
    const { failure } = await tryIt(attempt, { deps: { resolve: () => new Promise(() => {}) } })
    expect(failure).toEqual({ operation: 'dns', errno: 'ETIMEDOUT' })
  })
  test('for the first byte is named first_byte', async () => {
    const { port } = await serve(silent)
    const { failure, stamps } = await tryIt(attemptTo(port, { deadlines: { ...generous, firstByteMs: 60 } }))
    expect(failure).toEqual({ operation: 'first_byte', errno: 'ETIMEDOUT' })
    expect(stamps.sent).not.toBeNull()
  })
  test('for the first token is not put off by bytes', async () => {
    const { port } = await serve(socket => {
      socket.write(head(200))
      const timer = setInterval(() => socket.write(': keep-alive\n\n'), 10)
      socket.once('close', () => clearInterval(timer))
    })
    const attempt = attemptTo(port, { awaitsToken: true, deadlines: { ...generous, firstTokenMs: 120, stallMs: 80 } })
    expect((await tryIt(attempt, token)).failure).toEqual({ operation: 'first_token', errno: 'ETIMEDOUT' })
  })
  test('for a stall runs from the last byte', async () => {
    const { port } = await serve(socket => void socket.write(`${head(200)}tok`))
    const attempt = attemptTo(port, { awaitsToken: true, deadlines: { ...generous, stallMs: 60 } })
    expect((await tryIt(attempt, token)).failure).toEqual({ operation: 'stall', errno: 'ETIMEDOUT' })
  })
  test('for the end is named total', async () => {
    const { port } = await serve(socket => {
      socket.write(`${head(200)}tok`)
      const timer = setInterval(() => socket.write('x'), 10)
      socket.once('close', () => clearInterval(timer))
    })
    const attempt = attemptTo(port, { awaitsToken: true, deadlines: { ...generous, stallMs: 80, totalMs: 150 } })
    expect((await tryIt(attempt, token)).failure).toEqual({ operation: 'total', errno: 'ETIMEDOUT' })
  })
  test('for a request that nobody takes is named send', async () => {
    const { port } = await serve({ early: true, answer: socket => void socket.pause() })
    const body = 'x'.repeat(32 << 20)
    const attempt = attemptTo(port, { method: 'POST', body, deadlines: { ...generous, firstByteMs: 150 } })
    const { failure, stamps } = await tryIt(attempt)
    expect(failure).toEqual({ operation: 'send', errno: 'ETIMEDOUT' })
    expect(stamps.sent).toBeNull()
  })
  test('that passed while the loop was held does not hide what had arrived in time', async () => {
    const { port } = await serve(socket => {
      socket.end(whole('in time'))
      const untilUs = realClock.monoUs() + 150_000
      while (realClock.monoUs() < untilUs);
    })
    const attempt = attemptTo(port, { deadlines: { ...generous, firstByteMs: 100 } })
    expect(await tryIt(attempt)).toMatchObject({ failure: null, text: 'in time' })
  })
})

describe('the way there', () => {
  const named = (port: number, host = 'api.example') => attemptTo(port, { origin: { scheme: 'http', host, port } })

  test('that is refused', async () => {
    const { port, close } = await serveRaw({ answer: () => {} })
    await close()
    expect((await tryIt(attemptTo(port))).failure).toEqual({ operation: 'connect', errno: 'ECONNREFUSED' })
  })
  test.runIf('::1' === loopback6)('is IPv6 where the address is', async () => {
    const server = await serve({ host: '::1', answer: saying(whole('six')) })
    const origin = { scheme: 'http', host: '::1', port: server.port } as const
    expect(await tryIt(attemptTo(server.port, { origin }))).toMatchObject({ failure: null, text: 'six' })
  })
  test('that is reset at once is a reset, and no refusal', async () => {
    const { port } = await serve({ early: true, answer: socket => socket.resetAndDestroy() })
    const results = await Promise.all(Array.from({ length: 30 }, () => tryIt(attemptTo(port))))
    expect(new Set(results.map(({ refusal }) => refusal))).toEqual(new Set([null]))
    expect(new Set(results.map(({ failure }) => failure?.errno))).toEqual(new Set(['ECONNRESET']))
  })
  test('that has no name', async () => {
    const missing = async () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }))
    expect((await tryIt(named(1), { deps: { resolve: missing } })).failure).toEqual({
      operation: 'dns',
      errno: 'ENOTFOUND',
    })
    expect((await tryIt(named(1), { deps: { resolve: async () => [] } })).failure?.errno).toBe('ENOTFOUND')
  })
  test('is the first address and no other', async () => {
    const server = await serve(saying(whole('')))
    const resolve = async () => ['127.0.0.2', '127.0.0.1']
    const { failure } = await tryIt(named(server.port), { deps: { resolve } })
    expect(failure).toEqual({ operation: 'connect', errno: 'ECONNREFUSED' })
    expect(server.accepted()).toBe(0)
  })
  test.each([
    ['a private address', ['10.0.0.1'], 'private'],
    ['a private address behind a public one', ['93.184.215.14', '10.0.0.1'], 'private'],
    ['loopback', ['127.0.0.1'], 'loopback'],
    ['a metadata address', ['169.254.169.254'], 'metadata'],
    ['a mapped one', ['::ffff:10.0.0.1'], 'private'],
  ])('to %s is refused before it is gone', async (_what, addresses, refusal) => {
    const attempt = { ...named(9), net: { private: false, cidrs: [] } }
    const result = await tryIt(attempt, { deps: { resolve: async () => addresses } })
    expect(result).toMatchObject({ refusal, failure: null, stamps: { tcp: null } })
  })
  test('to a metadata name is not even looked up', async () => {
    let asked = 0
    const resolve = async () => {
      asked += 1
      return ['127.0.0.1']
    }
    const result = await tryIt(named(1, 'metadata.google.internal'), { deps: { resolve } })
    expect(result.refusal).toBe('metadata_name')
    expect(asked).toBe(0)
  })

  const secure = (port: number, host: string, ca: string | null) =>
    tryIt(attemptTo(port, { origin: { scheme: 'https', host, port }, ca }))

  test('over TLS trusts nobody but its authorities', async () => {
    const { port } = await serve({ tls: 'good', answer: saying(whole('')) })
    expect((await secure(port, 'localhost', null)).failure).toMatchObject({ operation: 'tls' })
    expect((await secure(port, 'localhost', authority)).failure).toBeNull()
  })
  test('over TLS wants the name it asked for', async () => {
    const { port } = await serve({ tls: 'good', answer: saying(whole('')) })
    expect((await secure(port, 'other.example', authority)).failure).toEqual({
      operation: 'tls',
      errno: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
  })
  test('over TLS takes no certificate that has expired', async () => {
    const { port } = await serve({ tls: 'expired', answer: saying(whole('')) })
    expect((await secure(port, 'localhost', authority)).failure).toEqual({
      operation: 'tls',
      errno: 'CERT_HAS_EXPIRED',
    })
  })
  test.each(['end', 'reset'] as const)('over TLS broken off by an %s fails in the handshake', async how => {
    const { port } = await serve({
      early: true,
      answer: socket => socket.once('data', () => (how === 'end' ? socket.end() : socket.resetAndDestroy())),
    })
    expect((await secure(port, 'localhost', authority)).failure).toMatchObject({
      operation: 'tls',
      errno: expect.stringMatching(/^(ECONNRESET|EOF)$/) as string,
    })
  })
  test('over TLS to who speaks plainly fails in the handshake', async () => {
    const { port } = await serve({ early: true, answer: saying(whole('')) })
    expect((await secure(port, 'localhost', authority)).failure).toMatchObject({ operation: 'tls' })
  })

  test('is enough where a connection is the goal, and nothing is sent', async () => {
    const server = await serve(saying(whole('')))
    const { failure, stamps, head } = await tryIt(attemptTo(server.port, { goal: 'connection' }))
    expect({ failure, head, received: server.received() }).toEqual({ failure: null, head: null, received: '' })
    expect(stamps.tcp).not.toBeNull()
  })
})

describe('a probe that is called off', () => {
  test('ends at once', async () => {
    const { port } = await serve(() => {})
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 30)
    const { failure } = await tryIt(attemptTo(port), { signal: stop.signal })
    expect(failure).toEqual({ operation: 'first_byte', errno: 'ECANCELED' })
  })
  test('before it starts opens no connection', async () => {
    const server = await serve(() => {})
    const { failure } = await tryIt(attemptTo(server.port), { signal: AbortSignal.abort() })
    expect(failure).toEqual({ operation: 'dns', errno: 'ECANCELED' })
    expect(server.accepted()).toBe(0)
  })
  test('leaves no listener on the signal', async () => {
    const { port } = await serve(saying(whole('')))
    const stop = new AbortController()
    let added = 0
    const { addEventListener, removeEventListener } = stop.signal
    stop.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      added += 1
      addEventListener.apply(stop.signal, args)
    }
    stop.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      added -= 1
      removeEventListener.apply(stop.signal, args)
    }
    await tryIt(attemptTo(port), { signal: stop.signal })
    expect(added).toBe(0)
  })
})
