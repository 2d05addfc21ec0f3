import { Secret } from '@llmstatus/shared/secret'
import { describe, expect, test } from 'vitest'
import type { Auth, Credential } from '../probe.ts'
import type { Attempt, Attempted } from '../transport/attempt.ts'
import type { Transport } from '../transport/transport.ts'
import { notAsked } from './refused.ts'
import { createSend, type SendInput } from './send.ts'

const key = 'ibm-key-0123456789abcdef'
const token = 'token-of-this-hour-0001'
const exchange = {
  grant: 'ibm_apikey',
  path: '/identity/token',
  audience: 'https://iam.acme.example/identity/token',
  scope: null,
  origin: 'https://iam.acme.example',
  net: { private: false, cidrs: [] },
  ca: null,
  proxy: null,
} as const
const auth = (): Auth => ({ header: 'authorization', scheme: 'bearer', secret: new Secret(key), exchange })
const credentialWith = (one: Auth): Credential => ({
  name: 'acme',
  provider: 'acme',
  origin: 'https://ml.acme.example',
  auth: one,
  headers: {},
  allow: ['GET /models'],
  net: { private: false, cidrs: [] },
  ca: null,
  proxy: null,
})
const deadlines = { connectMs: 1, firstByteMs: 1, firstTokenMs: 1, stallMs: 1, totalMs: 1 }
const options = { goal: 'answer', awaitsToken: false, wantsCertificate: false, deadlines } as const
const ask = { method: 'GET', path: '/models', headers: {}, body: null } as const
const silent = { head: () => {}, chunk: () => 'waiting' as const }
const never = new AbortController().signal

interface Answer {
  readonly status?: number
  readonly body?: unknown
  readonly broken?: Attempted
}
const granted = (more: object = {}): Answer => ({
  body: { access_token: token, token_type: 'Bearer', expires_in: 3600, ...more },
})

/** A transport that keeps what would leave; where tokens are it answers in turn, and elsewhere with that status. */
const world = (answers: readonly Answer[], status = 200) => {
  const left: Attempt[] = []
  let nowUs = 0
  let gate = Promise.resolve()
  const isToken = ({ origin }: Attempt) => origin.host === 'iam.acme.example'
  const transport: Transport = async (attempt, listener) => {
    left.push(attempt)
    const nth = left.filter(isToken).length - 1
    await gate
    if (!isToken(attempt)) return { ...notAsked({}), head: { status, headers: {} } }
    const { status: given = 200, body = '', broken } = answers[Math.min(nth, answers.length - 1)] ?? {}
    if (broken !== undefined) return broken
    nowUs += 40_000
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    listener.head({ status: given, headers: {} })
    listener.chunk(Buffer.from(text), 1)
    return { ...notAsked({}), head: { status: given, headers: {} } }
  }
  const send = createSend(transport, { nowMs: () => Date.UTC(2026, 0, 1), monoUs: () => nowUs })
  return {
    left,
    asked: () => left.filter(isToken).length,
    send: (one: Auth, change: Partial<SendInput> = {}, signal = never) =>
      send({ credential: credentialWith(one), ask, options, ...change }, silent, signal),
    hold: () => {
      const held = Promise.withResolvers<void>()
      gate = held.promise
      return held.resolve
    },
    later: (ms: number) => {
      nowUs += ms * 1000
    },
  }
}

test('the key goes to where tokens are, and its token to the origin; neither goes to the other', async () => {
  const run = world([granted()])
  const attempted = await run.send(auth())
  const [first, second] = run.left
  expect(first).toMatchObject({
    origin: { host: 'iam.acme.example' },
    method: 'POST',
    path: '/identity/token',
    body: `grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=${key}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', host: 'iam.acme.example' },
  })
  expect(second).toMatchObject({ origin: { host: 'ml.acme.example' }, headers: { authorization: `Bearer ${token}` } })
  expect(JSON.stringify(first)).not.toContain(token)
  expect(JSON.stringify(second)).not.toContain(key)
  expect(run.left).toHaveLength(2)
  expect(attempted).toMatchObject({ head: { status: 200 }, countsFromUs: 40_000 })
  expect(`${JSON.stringify(attempted)}`).not.toContain(token)
})

describe('a token', () => {
  test('is kept until shortly before it ends', async () => {
    const run = world([granted()])
    const one = auth()
    await run.send(one)
    run.later(57 * 60_000)
    await run.send(one)
    expect(run.asked()).toBe(1)
    run.later(2 * 60_000)
    await run.send(one)
    expect(run.asked()).toBe(2)
  })
  test.each([
    ['1e99', 59, 1],
    ['"86400"', 59, 1],
    ['60', 0, 2],
    ['-5', 0, 2],
    ['"soon"', 0, 2],
    ['null', 0, 2],
  ])('that says it is good for %s s is kept for at most an hour, or not at all', async (said, minutes, times) => {
    const run = world([granted({ expires_in: JSON.parse(said) })])
    const one = auth()
    await run.send(one)
    run.later(Math.max(0, minutes * 60_000 - 62_000))
    await run.send(one)
    expect(run.asked()).toBe(times)
    run.later(3 * 60_000)
    await run.send(one)
    expect(run.asked()).toBeGreaterThan(1)
  })
  test('is asked for once, however many wait for it', async () => {
    const run = world([granted()])
    const one = auth()
    const open = run.hold()
    const sent = [run.send(one), run.send(one), run.send(one)]
    open()
    expect((await Promise.all(sent)).map(({ head }) => head?.status)).toEqual([200, 200, 200])
    expect(run.asked()).toBe(1)
  })
  test('that is refused is not used again', async () => {
    const run = world([granted()], 401)
    const one = auth()
    await run.send(one)
    await run.send(one)
    expect(run.asked()).toBe(2)
  })
  test('belongs to one key', async () => {
    const run = world([granted()])
    await run.send(auth())
    await run.send(auth())
    expect(run.asked()).toBe(2)
  })
  test('that nobody waits for any more is called off, and who still waits has it', async () => {
    const run = world([granted()])
    const one = auth()
    const open = run.hold()
    const [mine, other] = [new AbortController(), new AbortController()]
    const sent = [run.send(one, {}, mine.signal), run.send(one, {}, other.signal)]
    mine.abort()
    expect((await sent[0])?.failure).toEqual({ operation: 'send', errno: 'ECANCELED' })
    open()
    expect((await sent[1])?.head?.status).toBe(200)
    expect(run.asked()).toBe(1)
  })
})

describe('no token is fetched', () => {
  test.each([
    ['for a path that is not on the list', { ask: { ...ask, path: '/other' } }, 'not_allowed'],
    ['for a path that leads elsewhere', { ask: { ...ask, path: '//evil.example/models' } }, 'path_leaves_origin'],
    ['for a header that no request may have', { ask: { ...ask, headers: { te: 'x' } } }, 'bad_header'],
  ])('%s', async (_what, change, refusal) => {
    const run = world([granted()])
    expect((await run.send(auth(), change)).refusal).toBe(refusal)
    expect(run.left).toEqual([])
  })
  test('for a port that is to open', async () => {
    const run = world([granted()])
    await run.send(auth(), { options: { ...options, goal: 'connection' } })
    expect(run.asked()).toBe(0)
    expect(JSON.stringify(run.left)).not.toContain(key)
  })
})

describe('where none comes, nothing is asked, and why is said', () => {
  const fault = (name: string, errno: string, operation = 'first_byte') => ({
    head: null,
    failure: { operation, errno, fault: name },
  })
  const broken = (operation: 'connect' | 'first_byte', errno: string): Answer => ({
    broken: { ...notAsked({ failure: { operation, errno } }) },
  })
  test.each<[string, Answer, object]>([
    ['a wrong key', { status: 400, body: { error: 'invalid_grant' } }, fault('token_rejected', 'TOKEN_400')],
    ['a key that is not known', { status: 401 }, fault('token_rejected', 'TOKEN_401')],
    ['a limit', { status: 429 }, fault('token_limited', 'TOKEN_429')],
    ['its own trouble', { status: 503 }, fault('token_failed', 'TOKEN_503')],
    ['a redirect', { status: 307 }, fault('token_redirected', 'TOKEN_307')],
    ['a page', { body: '<html>Welcome</html>' }, fault('token_unreadable', 'TOKEN_200')],
    ['nothing', { body: '' }, fault('token_unreadable', 'TOKEN_200')],
    [
      'a token with a line of its own',
      granted({ access_token: 'abcdefgh\r\nx: y' }),
      fault('token_unreadable', 'TOKEN_200'),
    ],
    ['a token of another kind', granted({ token_type: 'mac' }), fault('token_unreadable', 'TOKEN_200')],
    ['the key, given back', granted({ access_token: key }), fault('token_unreadable', 'TOKEN_200')],
    ['the key inside a token', granted({ access_token: `x.${key}.y` }), fault('token_unreadable', 'TOKEN_200')],
    [
      'more than anybody’s token',
      { body: `{"access_token":"${'a'.repeat(70_000)}"}` },
      fault('token_unreadable', 'TOKEN_200'),
    ],
    ['nobody there', broken('connect', 'ECONNREFUSED'), fault('token_unreached', 'ECONNREFUSED', 'connect')],
    ['silence', broken('first_byte', 'ETIMEDOUT'), fault('token_unreached', 'ETIMEDOUT')],
    ['the guard', { broken: notAsked({ refusal: 'private' }) }, { head: null, failure: null, refusal: 'private' }],
  ])('%s', async (_what, answer, expected) => {
    const run = world([answer, granted()])
    const one = auth()
    const attempted = await run.send(one)
    expect(attempted).toMatchObject(expected)
    expect(run.left).toHaveLength(1)
    expect(JSON.stringify(attempted)).not.toContain(key)
    // and the next one tries again
    expect((await run.send(one)).head?.status).toBe(200)
  })
})

test('a key that signs does not leave, and what leaves is signed for this request', async () => {
  const left: Attempt[] = []
  const transport: Transport = async attempt => {
    left.push(attempt)
    return notAsked({})
  }
  const send = createSend(transport, { nowMs: () => Date.UTC(2026, 0, 1), monoUs: () => 0 })
  const signing = {
    keyId: new Secret('ID0123456789'),
    session: new Secret('session-1'),
    service: 'bedrock',
    region: 'eu-1',
  }
  const signs: Auth = { header: 'authorization', scheme: 'aws_sigv4', secret: new Secret(key), signing }
  for (const headers of [{}, { 'x-amz-date': 'mine', authorization: 'mine' }])
    await send({ credential: credentialWith(signs), ask: { ...ask, headers }, options }, silent, never)
  for (const attempt of left) {
    expect(JSON.stringify(attempt)).not.toContain(key)
    expect(attempt.headers).toMatchObject({
      'x-amz-date': '20260101T000000Z',
      'x-amz-security-token': 'session-1',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=ID0123456789\/20260101\/eu-1\/bedrock\/aws4_request, SignedHeaders=\S+, Signature=[0-9a-f]{64}$/,
      ) as string,
    })
  }
})
