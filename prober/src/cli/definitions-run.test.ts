import { createServer as createHttp, type Server } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { type AddressInfo, createServer as createTcp } from 'node:net'
import { readLine } from '@llmstatus/shared/result'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSimulator, type Simulator } from '../../../simulator/src/simulator.ts'
import { certificate, key } from '../../../simulator/testdata/test-only-certificates.ts'
import { clock, measuring } from '../testing/measuring.ts'
import { runCommand } from './testing/test-shell.ts'

/** Definitions of one's own, from a file to an answer, on real servers: each check holds once and fails once. */

let sim: Simulator
const servers: Server[] = []
const portOf = (server: { address: () => unknown }) => (server.address() as AddressInfo).port
const listen = async <T extends Server>(server: T): Promise<T> => {
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return server
}
const ports = { http: 0, https: 0, tcp: 0 }

beforeAll(async () => {
  sim = await createSimulator({ only: ['openai', 'ollama'], pace: { firstTokenMs: 5, perTokenMs: 1 } })
  const answer = createHttp((request, response) => {
    response.writeHead(request.url === '/missing' ? 404 : 200)
    response.end(request.url === '/health' ? '{"state":"green","code":7}' : 'no such page')
  })
  ports.http = portOf(await listen(answer))
  ports.https = portOf(
    await listen(createHttps({ cert: certificate, key }, (_request, response) => response.end('up')) as never),
  )
  ports.tcp = portOf(await listen(createTcp(socket => socket.end()) as never))
})
afterAll(async () => {
  for (const server of servers) server.close()
  await sim.close()
})

const outcomeOf = async (definition: string, measure = measuring().measure) => {
  const { code, out, err } = await runCommand(
    ['once', '--json', '--file', '/d.yaml'],
    {
      env: { KEY: 'k', LLMSTATUS_CA_FILE: '/ca.pem', LLMSTATUS_TARGETS: `ollama=${sim.providers.ollama?.http}` },
      config: `credentials: [{ name: openai, provider: openai, origin: "${sim.providers.openai?.http}", secret: "env:KEY" }]
targets:
  - { id: web, provider: http, origin: "http://127.0.0.1:${ports.http}" }
  - { id: secure, provider: http, origin: "https://localhost:${ports.https}" }
  - { id: port, provider: tcp, origin: "http://127.0.0.1:${ports.tcp}" }
  - { id: secure-port, provider: tcp, origin: "https://localhost:${ports.https}" }
  - { id: closed, provider: tcp, origin: "http://127.0.0.1:1" }
`,
      files: { '/d.yaml': definition, '/ca.pem': sim.ca },
    },
    { measuring: async () => ({ measure, probes: [], calibrate: async () => null, close: async () => undefined }) },
  )
  const [text = '', ...more] = out.trimEnd().split('\n')
  expect(more).toEqual([])
  const read = readLine(text)
  expect(read, err).toMatchObject({ ok: true, kind: 'result', dropped: 0 })
  const { outcome, content } = JSON.parse(text)
  expect(code).toBe(outcome === 'ok' ? 0 : 1)
  return `${outcome} ${content}`
}

const say = (what: string, expected: string) =>
  `provider: openai\nmodel: gpt-4.1-nano\nprobe_type: chat\nname: mine\nrequest: { messages: [{ role: user, content: '${what}' }] }\nexpected: ${expected}\n`
const get = (path: string, expected: string, provider = 'web') =>
  `provider: ${provider}\nprobe_type: http\nname: mine\nrequest: { method: GET, path: ${path} }\nexpected: ${expected}\n`
const listing = (expected: string) => `provider: ollama\nprobe_type: reachability\nname: mine\nexpected: ${expected}\n`

describe('a chat', () => {
  const ticket = `{"ok": true, "n": 4}`
  test.each([
    ['response_contains holds', say('What is {{a}} × {{b}}?', "{ response_contains: '{{a*b}}' }"), 'ok pass'],
    ['response_contains fails', say('Say OK', '{ response_contains: KO }'), 'wrong_answer fail'],
    ['response_not_contains holds', say('Say OK', '{ response_not_contains: sorry }'), 'ok pass'],
    ['response_not_contains fails', say('Say sorry', '{ response_not_contains: sorry }'), 'wrong_answer fail'],
    ['response_matches holds', say('Repeat exactly: {{nonce}}', "{ response_matches: '^{{nonce}}$' }"), 'ok pass'],
    ['response_matches fails', say('Say OK', String.raw`{ response_matches: '^\d+$' }`), 'wrong_answer fail'],
    [
      'json_schema holds',
      say(
        `Repeat exactly: ${ticket}`,
        '{ json_schema: { type: object, required: [ok], properties: { ok: { const: true } } } }',
      ),
      'ok pass',
    ],
    [
      'json_schema fails',
      say(`Repeat exactly: ${ticket}`, '{ json_schema: { type: object, required: [missing] } }'),
      'wrong_answer fail',
    ],
    ['json_schema of no JSON fails', say('Say OK', '{ json_schema: { type: object } }'), 'wrong_answer fail'],
    ['min_tokens holds', say('Describe a harbour in 40 words.', '{ min_tokens: 20 }'), 'ok pass'],
    ['min_tokens fails', say('Say OK', '{ min_tokens: 20 }'), 'wrong_answer fail'],
    [
      'max_tokens ends the answer, which is still good',
      say('Describe a harbour in 90 words.', '{ max_tokens: 20 }'),
      'ok pass',
    ],
    [
      'an answer that our limit ended before it could be right is ours',
      say('Describe a harbour in 90 words.', '{ max_tokens: 20, response_contains: xyz }'),
      'cut_short fail',
    ],
  ])('%s', async (_name, definition, outcome) => expect(await outcomeOf(definition)).toBe(outcome))

  test('that is not streamed is one like any other', async () => {
    const whole = `${say('What is {{a}} × {{b}}?', "{ response_contains: '{{a*b}}' }")}stream: false\n`
    expect(await outcomeOf(whole)).toBe('ok pass')
  })
})

describe('embeddings', () => {
  test.each([
    ['of what is given', '\nrequest: { messages: [{ role: user, content: hello }] }\n'],
    ['of something, where nothing is said', '\n'],
  ])('%s', async (_name, rest) => {
    const definition = `provider: openai\nmodel: text-embedding-3-small\nprobe_type: embeddings\nname: mine${rest}`
    expect(await outcomeOf(definition)).toBe('ok none')
  })
})

describe('a page', () => {
  test.each([
    ['status holds', get('/health', '{ status: 200 }'), 'ok pass'],
    ['status fails', get('/missing', '{ status: 200 }'), 'wrong_answer fail'],
    ['a status that is no success may be the right one', get('/missing', '{ status: 404 }'), 'ok pass'],
    ['body_contains holds', get('/health', `{ body_contains: '"green"' }`), 'ok pass'],
    ['body_contains fails', get('/health', '{ body_contains: red }'), 'wrong_answer fail'],
  ])('%s', async (_name, definition, outcome) => expect(await outcomeOf(definition)).toBe(outcome))
})

describe('a listing', () => {
  test.each([
    ['models_contain holds', listing('{ models_contain: "llama3.2:1b" }'), 'ok pass'],
    ['models_contain fails', listing('{ models_contain: "llama9:1b" }'), 'wrong_answer fail'],
    ['status holds', listing('{ status: 200 }'), 'ok pass'],
  ])('%s', async (_name, definition, outcome) => expect(await outcomeOf(definition)).toBe(outcome))

  test('of somebody else on the port of Ollama is no Ollama', async () => {
    const other = `provider: web\nprobe_type: http\nname: mine\nrequest: { method: GET, path: /api/tags }\nexpected: { body_contains: '"models"' }\n`
    expect(await outcomeOf(other)).toBe('wrong_answer fail')
  })
})

describe('a port', () => {
  const port = (provider: string, rest = '') => `provider: ${provider}\nprobe_type: tcp\nname: mine\n${rest}`
  test.each([
    ['that is open', port('port'), 'ok none'],
    ['that is closed', port('closed'), 'connect_failed none'],
  ])('%s', async (_name, definition, outcome) => expect(await outcomeOf(definition)).toBe(outcome))
})

describe('a certificate', () => {
  const days = (provider: string) =>
    provider === 'secure'
      ? get('/', '{ certificate_days: 30 }', provider)
      : `provider: ${provider}\nprobe_type: tcp\nname: mine\nexpected: { certificate_days: 30 }\n`
  /** The certificate ends with the year 2125. */
  const onTheLastDays = measuring({ clock: { ...clock, nowMs: () => Date.parse('2125-12-20T00:00:00Z') } })

  test.each(['secure', 'secure-port'])(
    'of %s that has its days is good, and one that ends soon is not',
    async provider => {
      expect(await outcomeOf(days(provider))).toBe('ok pass')
      expect(await outcomeOf(days(provider), onTheLastDays.measure)).toBe('wrong_answer fail')
    },
  )
})

describe('hostile definitions', () => {
  const refused = async (definition: string): Promise<string> => {
    const { code, out, err } = await runCommand(['once', '--file', '/d.yaml'], {
      env: { OPENAI_API_KEY: 'k' },
      files: { '/d.yaml': definition },
    })
    expect(out).toBe('')
    expect(code).toBe(2)
    return err
  }

  test.each([
    ['names a host', 'provider: openai\nprobe_type: http\nrequest: { method: GET, path: "https://evil.example/" }\n'],
    ['names another host', 'provider: openai\nprobe_type: http\nrequest: { method: GET, path: "//evil.example/" }\n'],
    [
      'asks with a key for what it is not for',
      'provider: openai\nprobe_type: http\nrequest: { method: GET, path: /v1/files }\n',
    ],
    ['climbs', 'provider: openai\nprobe_type: http\nrequest: { method: GET, path: "/v1/models/%2e%2e/files" }\n'],
    [
      'brings a header',
      'provider: openai\nprobe_type: http\nrequest: { method: GET, path: /v1/models, headers: { host: x } }\n',
    ],
    ['brings a proxy', 'provider: openai\nprobe_type: reachability\nproxy: http://evil.example\n'],
    ['has a pattern that never ends', say('Say OK', "{ response_matches: '(?=(a+)+$)' }")],
    [
      'has a schema that never ends',
      say('Say OK', '{ json_schema: { $ref: "#" } }').replace('$ref: "#"', '"$ref": "http://evil.example/"'),
    ],
    ['is a bomb', `a: &a [x, x]\nb: &b [*a, *a]\nprovider: [*b, *b]\n`],
    ['is not text', '\u0000\u0001\u001b[31m'],
    ['is empty', ''],
    ['is too long', `provider: ${'x'.repeat(300_000)}\n`],
  ])('one that %s is refused at its line', async (_name, definition) => {
    expect(await refused(definition)).toMatch(/^\/d\.yaml:\d+:\d+: ?.+/)
  })

  test('a pattern that another engine would never finish is matched in no time', async () => {
    const startedMs = Date.now()
    const definition = say('Describe a harbour in 200 words.', "{ response_matches: '(a+)+$|(.*)*Z', max_tokens: 250 }")
    expect(await outcomeOf(definition)).toMatch(/^(wrong_answer|cut_short) fail$/)
    expect(Date.now() - startedMs).toBeLessThan(5000)
  })
})
