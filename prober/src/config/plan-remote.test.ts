import { reveal } from '@llmstatus/shared/secret'
import { describe, expect, test } from 'vitest'
import type { RawDefinition, RemotePlan } from './plan-remote.ts'
import { load, openai, type Told } from './testing/told.ts'

const accepting = (rest = '') => `remote_definitions: { accept: true, keys: [aggregator]${rest} }\n`
const target = 'targets: [{ id: inside, provider: http, origin: "http://10.0.0.7:9000" }]\n'
const vllm = 'targets: [{ id: vllm, provider: vllm, origin: "http://10.0.0.7:8000" }]\n'

const plan = (definitions: readonly RawDefinition[], told: Told = {}): Promise<RemotePlan> => {
  const { remote } = load({ env: openai, config: accepting(), ...told })
  if (remote === null) throw new Error('nothing is accepted here')
  return remote.plan(definitions)
}

/** Its reason, or that it runs. */
const verdict = async (definition: RawDefinition, told?: Told): Promise<string> => {
  const { probes, refused } = await plan([definition], told)
  return probes.length === 1 ? 'runs' : (refused[0]?.reason ?? 'nothing')
}

const chat = {
  provider: 'openai',
  model: 'gpt-4.1-nano',
  probe_type: 'chat',
  name: 'sums',
  request: { messages: [{ role: 'user', content: 'What is {{a}} × {{b}}?' }] },
  expected: { response_contains: '{{a*b}}', max_tokens: 10 },
}
const http = (path: string, more: object = {}) => ({
  provider: 'inside',
  probe_type: 'http',
  name: 'page',
  request: { method: 'GET', path },
  ...more,
})

describe('definitions from outside', () => {
  test('are off unless somebody here accepts them, and says whose', () => {
    expect(load({ env: openai }).remote).toBeNull()
    expect(load({ config: 'remote_definitions: { accept: false, keys: [aggregator] }\n' }).remote).toBeNull()
    expect(() => load({ config: 'remote_definitions: { accept: true }\n' })).toThrow(
      '/etc/prober.yaml:2:21: remote_definitions: accepts definitions, and names nobody who may sign them',
    )
  })

  test('are signed by the aggregator, or by a key that is written here as it is', () => {
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
    const settings = load({ config: `remote_definitions: { accept: true, keys: [aggregator, "ed25519:${x}"] }\n` })
    expect(settings.remote?.keys).toEqual(['aggregator', { kty: 'OKP', crv: 'Ed25519', x }])
    for (const key of [x, `ed25519:${x}=`, 'ed25519:short', 'AGGREGATOR'])
      expect(() => load({ config: `remote_definitions: { accept: true, keys: ["${key}"] }\n` })).toThrow('is neither')
  })

  test('run with the key that is here, bound to its origin and to what they ask', async () => {
    const { probes, refused } = await plan([chat])
    expect(refused).toEqual([])
    expect(probes).toMatchObject([
      {
        provider: 'openai',
        probe: 'sums',
        path: '/v1/chat/completions',
        everyMs: 300_000,
        billed: true,
        credential: { origin: 'https://api.openai.com', allow: ['POST /v1/chat/completions'] },
      },
    ])
    const { auth } = probes[0]?.credential ?? {}
    expect(auth && reveal(auth.secret)).toBe(openai.OPENAI_API_KEY)
  })

  test('leave what is configured here as it is', async () => {
    const settings = load({ env: openai, config: accepting() })
    const before = settings.probes.map(({ credential }) => credential.allow)
    await settings.remote?.plan([{ ...chat, model: 'gpt-4o-mini' }])
    expect(settings.probes.map(({ credential }) => credential.allow)).toEqual(before)
  })

  test('with a bad one among them: the good ones run, the bad one is named', async () => {
    const bad = { ...chat, name: 'bad', headers: { host: 'evil.example' } }
    const { probes, refused } = await plan([bad, chat])
    expect(probes.map(({ probe }) => probe)).toEqual(['sums'])
    expect(refused).toEqual([
      { name: '#1 openai gpt-4.1-nano bad', reason: 'invalid', what: 'headers: is not a known key' },
    ])
  })

  test('whose name is taken here give way, and so does the second of two', async () => {
    const local = { ...chat, name: 'chat' }
    const { probes, refused } = await plan([local, chat, chat])
    expect(probes.map(({ probe }) => probe)).toEqual(['sums'])
    expect(refused.map(({ name, reason }) => [name, reason])).toEqual([
      ['#1 openai gpt-4.1-nano chat', 'name_taken'],
      ['#3 openai gpt-4.1-nano sums', 'name_taken'],
    ])
  })

  test.each([
    ['a provider that has no key here', { ...chat, provider: 'anthropic', model: 'claude-haiku-4-5' }],
    ['a target of another prober', { ...chat, provider: 'elsewhere' }],
  ])('for %s are for somebody else', async (_what, definition) => {
    expect(await verdict(definition)).toBe('not_configured')
  })

  test.each([
    ['a host', { host: 'evil.example' }],
    ['an origin', { origin: 'https://evil.example' }],
    ['a header', { headers: { authorization: 'x' } }],
    ['a header in the question', { request: { ...chat.request, headers: { host: 'evil.example' } } }],
    ['a proxy', { proxy: 'http://evil.example:3128' }],
    ['a variable for a secret', { secret: 'env:OPENAI_API_KEY' }],
    ['a file of authorities', { ca_file: '/etc/passwd' }],
    ['a host for a provider', { provider: 'https://evil.example' }],
    ['a model that climbs', { model: '../../v1/files' }],
    ['a model with a query', { model: 'a?b=c' }],
    ['a name with a line break', { name: 'a\nb' }],
    ['the name of the prober’s own reference', { name: 'reference' }],
    ['a pattern that is none', { expected: { response_matches: '(' } }],
    ['brackets fifty deep', { expected: JSON.parse('{"json_schema":'.repeat(50) + '1' + '}'.repeat(50)) }],
  ])('that name %s are invalid', async (_what, change) => {
    expect(await verdict({ ...chat, ...change })).toBe('invalid')
  })

  test('that are nested deeper than any stack are invalid', async () => {
    expect(
      await verdict({ ...chat, expected: { json_schema: JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) } }),
    ).toBe('invalid')
  })

  test.each([
    '/v1/files',
    '/v1/models/../files',
    '/v1/models?x=1',
    '//evil.example/',
    '/v1/models#',
    '/%2e%2e/v1/files',
  ])('ask %s of nobody whose key is here', async path => {
    const definition = { provider: 'openai', probe_type: 'http', name: 'p', request: { method: 'GET', path } }
    expect(await verdict(definition)).toBe('invalid')
  })

  test('run no more often than a guest may, wait no longer, and are not too many', async () => {
    expect(await verdict({ ...chat, every: '59s' })).toBe('too_often')
    expect(await verdict({ ...chat, every: '60s' })).toBe('runs')
    const reach = { provider: 'openai', probe_type: 'reachability', name: 'edge' }
    expect(await verdict({ ...reach, every: '29s' })).toBe('too_often')
    expect(await verdict({ ...reach, every: '30s' })).toBe('runs')
    expect(await verdict({ ...chat, timeout_ms: 60_001 })).toBe('too_long')
    const many = Array.from({ length: 70 }, (_, index) => ({ ...chat, name: `n${index}`, every: '60s' }))
    const { probes, refused } = await plan(many)
    expect(probes).toHaveLength(60)
    expect(new Set(refused.map(({ reason }) => reason))).toEqual(new Set(['too_many']))
  })

  test('with a model whose price nobody here knows run only where somebody here named it', async () => {
    const definition = { ...chat, model: 'gpt-9-grand' }
    expect(await verdict(definition)).toBe('price_unknown')
    const config = `${accepting()}credentials: [{ name: o, provider: openai, secret: "env:OPENAI_API_KEY", models: [gpt-9-grand] }]\n`
    expect(await verdict(definition, { config })).toBe('runs')
  })

  test('get no longer answers than the credential allows', async () => {
    const config = `${accepting()}credentials: [{ name: o, provider: openai, secret: "env:OPENAI_API_KEY", limits: { max_output_tokens: 20 } }]\n`
    const { probes } = await plan([{ ...chat, expected: { max_tokens: 4096 } }], { config })
    expect(probes[0]?.question?.maxTokens).toBe(20)
  })
})

describe('definitions from outside, of an origin that was set here', () => {
  const local = {
    files: {
      '/etc/inside.yaml': 'provider: inside\nprobe_type: http\nname: own\nrequest: { method: GET, path: /health }\n',
    },
  }
  const here = { ...local, config: `${accepting()}${target}probes: [inside.yaml]\n` }

  test.each([
    ['response_contains', 'vllm', chat],
    ['response_not_contains', 'vllm', chat],
    ['response_matches', 'vllm', chat],
    ['json_schema', 'vllm', chat],
  ])('do not check %s', async (key, provider, definition) => {
    const value = key === 'json_schema' ? { type: 'object' } : 'a'
    const asked = { ...definition, provider, expected: { [key]: value } }
    expect(await verdict(asked, { config: `${accepting()}${vllm}` })).toBe('private_origin')
    expect(await verdict(asked, { config: `${accepting(', allow_private: true')}${vllm}` })).toBe('runs')
  })

  test('do not ask whether a page or a listing contains something', async () => {
    expect(await verdict(http('/health', { expected: { body_contains: 'root:' } }), here)).toBe('private_origin')
    const listing = {
      provider: 'vllm',
      probe_type: 'reachability',
      name: 'l',
      expected: { models_contain: 'secret-model' },
    }
    expect(await verdict(listing, { config: `${accepting()}${vllm}` })).toBe('private_origin')
  })

  test('ask for the paths that are asked for here anyway, and no others', async () => {
    expect(await verdict(http('/health', { every: '5m' }), here)).toBe('runs')
    for (const path of ['/admin', '/health/../admin', '/health?x=1', '/'])
      expect(await verdict(http(path), here), path).not.toBe('runs')
    expect(await verdict({ ...http('/health'), request: { method: 'HEAD', path: '/health' } }, here)).toBe(
      'private_origin',
    )
    expect(
      await verdict(http('/admin'), { ...here, config: here.config.replace('] }', '], allow_private: true }') }),
    ).toBe('runs')
  })

  test('may connect, and may ask a model what the provider’s file says can be asked', async () => {
    const config = `${accepting()}${vllm}`
    expect(await verdict({ provider: 'vllm', probe_type: 'tcp', name: 't' }, { config })).toBe('runs')
    expect(await verdict({ ...chat, provider: 'vllm', expected: { max_tokens: 10 } }, { config })).toBe('runs')
  })

  test('do not choose a path by choosing a model', async () => {
    const config = `${accepting()}credentials: [{ name: g, provider: google_gemini, origin: "http://10.0.0.7:8000", secret: "env:OPENAI_API_KEY" }]\n`
    const asked = (model: string) => ({ ...chat, provider: 'google_gemini', model, expected: {} })
    const settings = load({ env: openai, config })
    const known = settings.probes.find(({ type }) => type === 'chat')?.model ?? ''
    expect(await verdict(asked(known), { config })).toBe('runs')
    expect(await verdict(asked('admin'), { config })).toBe('private_origin')
  })
})
