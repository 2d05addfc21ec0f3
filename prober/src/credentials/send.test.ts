import { Secret } from '@llmstatus/shared/secret'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Credential } from '../probe.ts'
import type { Attempt, Attempted } from '../transport/attempt.ts'
import { createSend, type SendInput } from './send.ts'

const key = 'k-secret-0123456789'
const credential: Credential = {
  name: 'acme',
  provider: 'acme',
  origin: 'https://api.acme.example',
  auth: { header: 'x-api-key', scheme: 'raw', secret: new Secret(key) },
  headers: { 'acme-version': '2026-01-01' },
  allow: ['GET /v1/models', 'POST /v1/chat'],
  net: { private: false, cidrs: [] },
  ca: null,
  proxy: null,
}
const ask = { method: 'POST', path: '/v1/chat', headers: { accept: '*/*' }, body: '{"é":1}' } as const
const deadlines = { connectMs: 1, firstByteMs: 1, firstTokenMs: 1, stallMs: 1, totalMs: 1 }
const options = { goal: 'answer', awaitsToken: true, wantsCertificate: false, deadlines } as const

const clock = { nowMs: () => Date.UTC(2026, 0, 1), monoUs: () => 0 }
const silent = { head: () => {}, chunk: () => 'waiting' as const }
const nothing: Attempted = {
  stamps: { dns: null, tcp: null, tls: null, sent: null, firstByte: null, lastByte: null },
  head: null,
  refusal: null,
  failure: null,
  certificateEndsMs: null,
}

/** What would leave: the attempt that is handed on, or the reason why none is. */
const whatLeaves = async (change: Partial<SendInput>): Promise<Attempt | string> => {
  let attempt: Attempt | null = null
  const send = createSend(async handed => {
    attempt = handed
    return nothing
  }, clock)
  const result = await send({ credential, ask, options, ...change }, silent, new AbortController().signal)
  return attempt ?? result.refusal ?? 'nothing'
}

test('a key leaves in its own header, to its own origin, with the fixed headers of its provider', async () => {
  expect(await whatLeaves({})).toEqual({
    ...options,
    origin: { scheme: 'https', host: 'api.acme.example', port: 443 },
    net: credential.net,
    ca: null,
    proxy: null,
    method: 'POST',
    path: '/v1/chat',
    body: '{"é":1}',
    headers: {
      'user-agent': 'llmstatus-prober',
      accept: '*/*',
      'acme-version': '2026-01-01',
      'accept-encoding': 'identity',
      host: 'api.acme.example',
      'content-length': '8',
      'x-api-key': key,
    },
  })
})

test('a bearer is written as one', async () => {
  const bearer = {
    ...credential,
    auth: { header: 'authorization', scheme: 'bearer', secret: new Secret(key) },
  } as const
  expect(await whatLeaves({ credential: bearer })).toMatchObject({ headers: { authorization: `Bearer ${key}` } })
})

test('without a key there is no header for one', async () => {
  const leaves = await whatLeaves({ credential: { ...credential, auth: null } })
  expect(JSON.stringify(leaves)).not.toContain(key)
  expect(leaves).not.toHaveProperty(['headers', 'x-api-key'])
})

test('a port that is not the usual one stands in Host', async () => {
  const local = { ...credential, origin: 'http://10.0.0.1:8000' }
  expect(await whatLeaves({ credential: local })).toMatchObject({
    origin: { scheme: 'http', host: '10.0.0.1', port: 8000 },
    headers: { host: '10.0.0.1:8000' },
  })
})

describe('what goes first, to warm a connection,', () => {
  const warmUp = { method: 'GET', path: '/v1/models', keyed: false } as const

  test('carries no key where none is needed, and the question after it does', async () => {
    const leaves = await whatLeaves({ warmUp })
    expect(leaves).toMatchObject({
      headers: { 'x-api-key': key },
      warmUp: {
        method: 'GET',
        path: '/v1/models',
        headers: { host: 'api.acme.example', 'acme-version': '2026-01-01' },
      },
    })
    expect(JSON.stringify(typeof leaves === 'string' ? leaves : leaves.warmUp)).not.toContain(key)
  })

  test('carries the key where it is needed', async () => {
    expect(await whatLeaves({ warmUp: { ...warmUp, keyed: true } })).toMatchObject({
      warmUp: { headers: { 'x-api-key': key } },
    })
  })

  test('is held to the same list and the same origin', async () => {
    expect(await whatLeaves({ warmUp: { ...warmUp, path: '/v1/other' } })).toBe('not_allowed')
    expect(await whatLeaves({ warmUp: { ...warmUp, method: 'HEAD' } })).toBe('not_allowed')
    expect(await whatLeaves({ warmUp: { ...warmUp, path: '//evil.example/v1/models' } })).toBe('path_leaves_origin')
    const nothing = { ...credential, headers: { accept: 'x\ny' } }
    expect(await whatLeaves({ warmUp, credential: nothing })).toBe('bad_header')
  })

  test('is nothing where a connection is the goal', async () => {
    expect(await whatLeaves({ warmUp, options: { ...options, goal: 'connection' } })).not.toHaveProperty('warmUp')
  })
})

test('where a connection is the goal nothing is written, and no key is read', async () => {
  const leaves = await whatLeaves({ options: { ...options, goal: 'connection' } })
  expect(leaves).toMatchObject({ headers: {}, body: null })
  expect(JSON.stringify(leaves)).not.toContain(key)
})

describe('a path that is on the list, and leads elsewhere, is refused', () => {
  test.each([
    '//evil.example/v1/chat',
    'https://evil.example/v1/chat',
    'https:evil.example',
    '\\\\evil.example\\v1',
    '/\\evil.example/v1/chat',
    '@evil.example/',
    '.evil.example/',
    ':81/',
    'v1/chat',
    '',
    '/v1/../../admin',
    '/v1/./chat',
    '/v1/%2e%2e/admin',
    '/v1/chat#x',
    '/v1/chat HTTP/1.1\r\nx-evil: 1',
    '/v1/chat\r\nhost: evil.example',
    '/v1/chat\n',
    '/v1/\tchat',
    ' /v1/chat',
    '/v1/chat\u0000',
    '/v1/ché',
    '/v1/"chat"',
  ])('%j', async path => {
    const listed = { ...credential, allow: [`POST ${path}`] }
    expect(await whatLeaves({ credential: listed, ask: { ...ask, path } })).toBe('path_leaves_origin')
  })
})

describe('what is not on the list is refused', () => {
  test.each([
    ['POST', '/v1/models'],
    ['GET', '/v1/chat'],
    ['POST', '/v1/chat?x=1'],
    ['POST', '/v1/chat/'],
    ['POST', '/v1/Chat'],
    ['DELETE', '/v1/models'],
  ])('%s %s', async (method, path) => {
    expect(await whatLeaves({ ask: { ...ask, method, path } })).toBe('not_allowed')
  })

  test.each(['DELETE', 'CONNECT', 'post', 'POST /v1/chat HTTP/1.1\r\nhost: evil.example\r\n\r\nPOST'])(
    'and %j is no method, whatever the list says',
    async method => {
      const listed = { ...credential, allow: [`${method} ${ask.path}`] }
      expect(await whatLeaves({ credential: listed, ask: { ...ask, method } })).toBe('not_allowed')
    },
  )
})

describe('an origin that is not plain is refused', () => {
  test.each([
    'https://user:pw@api.acme.example',
    'https://api.acme.example.',
    'https://ápi.acme.example',
    'https://api.acme.example/v1',
    'https://api.acme.example\r\n',
    'https://2130706433',
    'ftp://api.acme.example',
    'api.acme.example',
    '',
  ])('%j', async origin => {
    expect(await whatLeaves({ credential: { ...credential, origin } })).toMatch(/^(bad_origin|path_leaves_origin)$/)
  })
})

describe('a header', () => {
  test.each([
    ['takes the place of the key', { 'x-api-key': 'theirs' }, { 'x-api-key': key }],
    ['takes the place of the key in other letters', { 'X-API-Key': 'theirs' }, { 'x-api-key': key }],
    ['names another host', { Host: 'evil.example' }, { host: 'api.acme.example' }],
    ['asks for another coding', { 'Accept-Encoding': 'gzip' }, { 'accept-encoding': 'identity' }],
    ['says another length', { 'content-length': '1' }, { 'content-length': '8' }],
  ])('that %s does not', async (_what, headers, sent) => {
    const leaves = await whatLeaves({ ask: { ...ask, headers } })
    expect(leaves).toMatchObject({ headers: sent })
    expect(JSON.stringify(leaves)).not.toContain('theirs')
  })

  test('says no length where there is no body', async () => {
    const leaves = await whatLeaves({
      ask: { method: 'GET', path: '/v1/models', headers: { 'Content-Length': '5' }, body: null },
    })
    expect(leaves).not.toHaveProperty(['headers', 'content-length'])
    expect(leaves).toHaveProperty(['headers', 'x-api-key'])
  })

  test.each([
    ['a line end in a value', { accept: 'x\r\nx-evil: 1' }],
    ['a bare LF in a value', { accept: 'x\ny' }],
    ['a line end in a name', { 'accept\r\nx-evil': '1' }],
    ['a colon in a name', { 'a:b': '1' }],
    ['a space in a name', { 'a b': '1' }],
    ['letters beyond ASCII', { accept: 'é' }],
    ['a NUL', { accept: '\0' }],
    ['another framing', { 'Transfer-Encoding': 'chunked' }],
    ['an upgrade', { upgrade: 'websocket' }],
    ['a proxy of its own', { 'proxy-authorization': 'x' }],
  ])('with %s is refused', async (_what, headers) => {
    expect(await whatLeaves({ ask: { ...ask, headers } })).toBe('bad_header')
    expect(await whatLeaves({ credential: { ...credential, headers } })).toBe('bad_header')
  })

  test.each(['k\r\nx-evil: 1', 'k\n', 'k\0', 'ké'])(
    'made of the key %j is refused, and the key is not said',
    async bad => {
      const auth = { header: 'x-api-key', scheme: 'raw', secret: new Secret(bad) } as const
      expect(await whatLeaves({ credential: { ...credential, auth } })).toBe('bad_header')
    },
  )
})

test.each(['host', 'Host', 'content-length', 'user-agent', 'transfer-encoding', 'proxy-authorization', 'x\r\ny'])(
  'a key that is for the header %j is sent nowhere',
  async header => {
    const auth = { header, scheme: 'raw', secret: new Secret(key) } as const
    expect(await whatLeaves({ credential: { ...credential, auth } })).toBe('bad_header')
  },
)

test('whatever path is asked, a key goes to its own origin, on a listed path, or nowhere', () =>
  fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string(), fc.webUrl(), fc.webPath(), fc.constantFrom('/v1/chat', '/v1/models')),
      async path => {
        const leaves = await whatLeaves({ ask: { ...ask, path } })
        if (typeof leaves === 'string') return
        expect(leaves.origin.host).toBe('api.acme.example')
        expect(credential.allow).toContain(`POST ${leaves.path}`)
      },
    ),
    { numRuns: 1_000, interruptAfterTimeLimit: 3_000 },
  ))
