import { inspect } from 'node:util'
import { reveal } from '@llmstatus/shared/secret'
import { describe, expect, test } from 'vitest'
import { load, names, only, openai, pem } from './testing/told.ts'

describe('a key in the environment', () => {
  test('is enough: reachability and a chat with the default model', () => {
    const settings = load({ env: openai })
    expect(names(settings)).toEqual(['openai reachability', 'openai chat'])
    expect(settings.notes).toEqual(['keys found: openai'])
    expect(only(settings, 'openai chat')).toMatchObject({
      model: 'gpt-4.1-nano',
      type: 'chat',
      dialect: 'openai',
      origin: 'shipped',
      method: 'POST',
      path: '/v1/chat/completions',
      quirks: { max_tokens_field: 'max_completion_tokens' },
      price: { input: 0.1, output: 0.4 },
      everyMs: 300_000,
      timeoutMs: 30_000,
      billed: true,
      question: { model: 'gpt-4.1-nano', maxTokens: 10, stream: true, reasoning: false },
      expected: { response_contains: '{{nonce}}' },
    })
    expect(only(settings, 'openai reachability')).toMatchObject({
      model: null,
      dialect: 'http',
      method: 'GET',
      path: '/v1/models',
      question: null,
      billed: false,
      everyMs: 60_000,
    })
  })

  test('is bound to its own origin, and to what will be asked there', () => {
    const { credential } = only(load({ env: openai }), 'openai chat')
    expect(credential).toMatchObject({
      origin: 'https://api.openai.com',
      auth: { header: 'authorization', scheme: 'bearer' },
      allow: ['GET /v1/models', 'POST /v1/chat/completions'],
      net: { private: false, cidrs: [] },
      ca: null,
      proxy: null,
    })
    expect(credential.auth && reveal(credential.auth.secret)).toBe('sk-openai-1')
  })

  test('also comes from a file', () => {
    const settings = load({ env: { OPENAI_API_KEY_FILE: '/run/secrets/key' }, files: { '/run/secrets/key': 'sk-2\n' } })
    const { auth } = only(settings, 'openai chat').credential
    expect(auth && reveal(auth.secret)).toBe('sk-2')
  })

  test('is not used twice: the first of a provider’s names counts, and the other is said', () => {
    const settings = load({ env: { TOGETHER_API_KEY: 'one', TOGETHER_AI_TOKEN: 'two' } })
    expect(settings.notes).toContain(
      'TOGETHER_AI_TOKEN is set and not used: together has its key from TOGETHER_API_KEY',
    )
    const { auth } = only(settings, 'together chat').credential
    expect(auth && reveal(auth.secret)).toBe('one')
  })

  test('of a general-purpose name is used only when it is said', () => {
    const env = { LITELLM_MASTER_KEY: 'mk', LLMSTATUS_TARGETS: 'litellm=http://10.0.0.9:4000' }
    const unsaid = load({ env })
    expect(only(unsaid, 'litellm health').credential.auth).toBeNull()
    expect(unsaid.notes).toContain(
      'LITELLM_MASTER_KEY is set but general-purpose: add it to LLMSTATUS_USE to use it for litellm',
    )
    const said = load({ env: { ...env, LLMSTATUS_USE: 'LITELLM_MASTER_KEY' } })
    expect(only(said, 'litellm health').credential.auth).not.toBeNull()
  })

  test('gives a reasoning model the room its file asks for', () => {
    const { question, expected } = only(load({ env: { GROQ_API_KEY: 'k' } }), 'groq chat')
    expect(question).toMatchObject({ maxTokens: 512 + 10, reasoning: true })
    expect(expected).toEqual({ response_contains: '{{nonce}}', min_tokens: 1 })
  })

  test('of a provider without a default model leaves the chat out, and says so', () => {
    const settings = load({ env: { PERPLEXITY_API_KEY: 'k' } })
    expect(names(settings)).toEqual(['perplexity reachability'])
    expect(settings.notes).toContain(
      'perplexity has no default model, so there is no chat with it; credentials[].models may name one',
    )
  })

  test('appears nowhere in the settings, however they are printed', () => {
    const settings = load({ env: openai })
    expect(JSON.stringify(settings) + inspect(settings, { depth: 20, showHidden: true })).not.toContain('sk-openai-1')
  })
})

describe('without a key', () => {
  test('nothing is probed, and it is said why', () => {
    const settings = load({})
    expect(settings.probes).toEqual([])
    expect(settings.notes).toEqual(['no key found, and LLMSTATUS_KEYLESS is none: no provider is probed'])
  })

  test('the major providers are reached where that is wanted', () => {
    const settings = load({ env: { LLMSTATUS_KEYLESS: 'major' } })
    expect(settings.probes.length).toBeGreaterThanOrEqual(10)
    expect(settings.probes.every(probe => probe.type === 'reachability' && probe.credential.auth === null)).toBe(true)
    expect(settings.notes).toEqual([`no key found: keyless reachability of ${settings.probes.length} providers`])
    expect(settings.costPerDay).toEqual([])
  })

  test('only those are reached that have no key', () => {
    const settings = load({ env: { ...openai, LLMSTATUS_KEYLESS: 'major' } })
    const reached = settings.probes.filter(({ probe, provider }) => provider === 'openai' && probe === 'reachability')
    expect(reached).toHaveLength(1)
    expect(reached[0]?.credential.auth).not.toBeNull()
    expect(settings.notes[0]).toMatch(/^keys found: openai: keyless reachability of \d+ more providers$/)
  })
})

describe('a target', () => {
  test('from the environment is health-checked, at a private address, with its own key', () => {
    const settings = load({ env: { LLMSTATUS_TARGETS: 'vllm=http://10.1.2.3:8000', VLLM_API_KEY: 'v' } })
    expect(only(settings, 'vllm health')).toMatchObject({
      origin: 'set',
      path: '/health',
      everyMs: 30_000,
      timeoutMs: 5000,
      billed: false,
      credential: { origin: 'http://10.1.2.3:8000', allow: ['GET /health'], net: { private: true } },
    })
    expect(only(settings, 'vllm health').credential.auth).not.toBeNull()
  })

  test('with an id of its own gets no key from the environment', () => {
    const settings = load({
      env: { VLLM_API_KEY: 'v' },
      config: 'targets:\n  - { id: gpu-1, provider: vllm, origin: "http://10.0.0.1:8000" }\n',
    })
    expect(only(settings, 'gpu-1 health').credential.auth).toBeNull()
    expect(settings.notes).toContain(
      'VLLM_API_KEY is set and not used: say where the server is, LLMSTATUS_TARGETS=vllm=http://host:port',
    )
  })

  test('trusts the authority that LLMSTATUS_CA_FILE names; a hosted provider does not', () => {
    const settings = load({
      env: { ...openai, LLMSTATUS_CA_FILE: '/ca.pem', LLMSTATUS_TARGETS: 'vllm=https://gpu.internal' },
      files: { '/ca.pem': pem },
    })
    expect(only(settings, 'vllm health').credential.ca).toBe(pem)
    expect(only(settings, 'openai chat').credential.ca).toBeNull()
  })

  test('that speaks plain http is probed as its definitions say', () => {
    const settings = load({
      config:
        'targets:\n  - { id: search, provider: http, origin: "http://search:9200", secret: "env:SEARCH_KEY" }\nprobes: [up.yaml]\n',
      env: { SEARCH_KEY: 's' },
      files: {
        '/etc/up.yaml':
          'provider: search\nprobe_type: http\nname: up\nrequest: { method: GET, path: /_cluster/health }\nexpected: { status: 200 }\n',
      },
    })
    expect(only(settings, 'search up')).toMatchObject({
      type: 'http',
      dialect: 'http',
      method: 'GET',
      path: '/_cluster/health',
      everyMs: 30_000,
      timeoutMs: 5000,
      expected: { status: 200 },
      credential: { allow: ['GET /_cluster/health'] },
    })
  })

  test('is chatted with by definition alone, and that is not billed', () => {
    const settings = load({
      env: { LLMSTATUS_TARGETS: 'vllm=http://10.0.0.1:8000' },
      config: 'probes: [d.yaml]\n',
      files: {
        '/etc/d.yaml':
          'provider: vllm\nmodel: qwen\nprobe_type: chat\nrequest: { messages: [{ role: user, content: hi }] }\nexpected: { max_tokens: 5 }\n',
      },
    })
    expect(only(settings, 'vllm chat')).toMatchObject({
      path: '/v1/chat/completions',
      billed: false,
      price: null,
      question: { maxTokens: 5 },
      credential: { allow: ['GET /health', 'POST /v1/chat/completions'] },
    })
    expect(settings.costPerDay).toEqual([])
  })

  test('of tcp is connected to, and asked nothing', () => {
    const settings = load({
      config: 'targets:\n  - { id: db, provider: tcp, origin: "http://db:5432" }\nprobes: [d.yaml]\n',
      files: { '/etc/d.yaml': 'provider: db\nprobe_type: tcp\nname: up\n' },
    })
    expect(only(settings, 'db up')).toMatchObject({ type: 'tcp', dialect: 'tcp', credential: { allow: [] } })
  })

  test('with nothing to probe is said', () => {
    const settings = load({ config: 'targets:\n  - { id: db, provider: tcp, origin: "http://db:5432" }\n' })
    expect(settings.notes).toContain(
      'db is a target with nothing to probe: write a definition and list it under probes',
    )
  })
})
