import { describe, expect, test } from 'vitest'
import { load, names, only, openai } from './testing/told.ts'

const full = { LLMSTATUS_SUITE: 'full' }

describe('the full suite', () => {
  test('is the standard one, a longer chat, embeddings and a challenge', () => {
    const settings = load({ env: { ...openai, ...full } })
    expect(names(settings)).toEqual([
      'openai reachability',
      'openai chat',
      'openai chat-medium',
      'openai embeddings',
      'openai challenge',
    ])
    const slow = settings.probes.filter(({ everyMs }) => everyMs === 900_000).map(({ probe }) => probe)
    expect(slow).toEqual(['chat-medium', 'embeddings', 'challenge'])
  })

  test('embeds with the model that has the dialect of the embeddings, and pays for what goes in', () => {
    const settings = load({ env: { ...openai, ...full } })
    expect(only(settings, 'openai embeddings')).toMatchObject({
      type: 'embeddings',
      model: 'text-embedding-3-small',
      dialect: 'openai-embeddings',
      method: 'POST',
      path: '/v1/embeddings',
      billed: true,
      price: { input: 0.02, output: 0 },
      question: { model: 'text-embedding-3-small', maxTokens: 0, stream: false },
    })
    expect(only(settings, 'openai embeddings').credential.allow).toContain('POST /v1/embeddings')
  })

  test('puts the model into the path where it belongs there', () => {
    const settings = load({ env: { GEMINI_API_KEY: 'k', ...full } })
    expect(only(settings, 'google_gemini embeddings').path).toBe('/v1beta/models/gemini-embedding-001:embedContent')
    expect(only(settings, 'google_gemini chat').path).toBe(
      '/v1beta/models/gemini-2.5-flash-lite:streamGenerateContent?alt=sse',
    )
  })

  test('has no embeddings where the provider has none, or none that we know, and that is nothing to mention', () => {
    for (const env of [{ GROQ_API_KEY: 'k' }, { TOGETHER_API_KEY: 'k' }]) {
      const settings = load({ env: { ...env, ...full } })
      expect(settings.probes.map(({ probe }) => probe)).not.toContain('embeddings')
      expect(settings.notes.filter(note => note.includes('embeddings'))).toEqual([])
    }
  })

  test('says which dialect is missing', () => {
    const settings = load({ env: { ...openai, ...full }, dialects: ['openai', 'http', 'tcp'] })
    expect(settings.notes).toContain(
      'openai text-embedding-3-small: no embeddings, this version does not speak its dialect openai-embeddings yet',
    )
  })

  test('asks the challenge something new each time, with other numbers beside the answer', () => {
    const { question, expected } = only(load({ env: { ...openai, ...full } }), 'openai challenge')
    const [message] = question?.messages ?? []
    expect(expected.response_contains).toBe('{{nonce}}')
    expect(message?.content.split('{{nonce}}')).toHaveLength(2)
    for (const decoy of ['{{a}}', '{{b}}']) expect(message?.content).toContain(decoy)
    expect(message?.content.length).toBeGreaterThan(900)
    expect(question?.maxTokens).toBe(32)
  })

  test('lets a reasoning model think beside the longer answer, not in its place', () => {
    expect(only(load({ env: { GROQ_API_KEY: 'k', ...full } }), 'groq chat-medium').question?.maxTokens).toBe(512 + 256)
  })
})

describe('the models that an operator names', () => {
  const named = (models: string) =>
    load({
      env: { KEY: 'k', ...full },
      config: `credentials: [{ name: main, provider: openai, secret: "env:KEY", models: [${models}] }]\n`,
    }).probes.map(({ probe, model }) => `${probe} ${model}`)

  test('are chatted with or embedded with, as each can', () => {
    expect(named('gpt-4o-mini, text-embedding-3-small')).toEqual([
      'reachability null',
      'chat gpt-4o-mini',
      'chat-medium gpt-4o-mini',
      'embeddings text-embedding-3-small',
      'challenge gpt-4o-mini',
    ])
  })

  test('for embeddings alone leave the chat out', () => {
    expect(named('text-embedding-3-small')).toEqual(['reachability null', 'embeddings text-embedding-3-small'])
  })
})

describe('a floor for the speed', () => {
  const acme = {
    'providers/acme.yaml':
      'id: acme\nname: Acme\nkind: hosted\norigin: https://api.acme.example\nauth: { scheme: bearer, header: authorization }\nenv: [ACME_API_KEY]\nreachability: { method: GET, path: /m, keyless: true }\nchat: { path: /c, dialect: openai }\nmodels: [{ id: m, default: true }]\ntps_p50_min: 40\nunverified: [price]\n',
  }

  test('is asked of answers that are long enough to have one', () => {
    const settings = load({ env: { ACME_API_KEY: 'k', ...full }, shipped: acme })
    expect(only(settings, 'acme chat').sla).toBeNull()
    expect(only(settings, 'acme challenge').sla).toBeNull()
    expect(only(settings, 'acme chat-medium').sla).toEqual({ tps_p50_min: 40 })
  })
})

describe('a provider that only embeds', () => {
  const vectors = {
    'providers/vectors.yaml':
      'id: vectors\nname: Vectors\nkind: hosted\norigin: https://api.vectors.example\nauth: { scheme: bearer, header: authorization }\nenv: [VECTORS_API_KEY]\nreachability: { method: GET, path: /v1/embeddings, keyless: false, status: 405 }\nembeddings: { path: /v1/embeddings, dialect: openai-embeddings }\nmodels: [{ id: v, dialect: openai-embeddings }]\nunverified: [price]\n',
  }

  test('is not chatted with, and lacks nothing', () => {
    const settings = load({ env: { VECTORS_API_KEY: 'k', ...full }, shipped: vectors })
    expect(names(settings)).toEqual(['vectors reachability', 'vectors embeddings'])
    expect(settings.notes).toEqual(['keys found: vectors'])
    expect(only(settings, 'vectors reachability')).toMatchObject({
      expected: { status: 405 },
      speaks: 'openai-embeddings',
    })
  })

  test('cannot be chatted with by a definition either', () => {
    const files = {
      '/etc/d.yaml':
        'provider: vectors\nmodel: v2\nprobe_type: chat\nrequest: { messages: [{ role: user, content: hi }] }\n',
    }
    const env = { VECTORS_API_KEY: 'k' }
    expect(() => load({ env, shipped: vectors, config: 'probes: [d.yaml]\n', files })).toThrow(
      'vectors cannot be chatted with',
    )
  })
})

describe('a provider with two ways to chat', () => {
  const acme = {
    'providers/acme.yaml':
      'id: acme\nname: Acme\nkind: hosted\norigin: https://api.acme.example\nauth: { scheme: bearer, header: authorization }\nenv: [ACME_API_KEY]\nreachability: { method: GET, path: /m, keyless: true }\nchat: { path: /c, dialect: openai, also: [{ path: "/models/{model_path}/say", dialect: cohere }] }\nmodels: [{ id: m, default: true }, { id: x/new, dialect: cohere }]\nunverified: [price]\n',
  }
  const chat = (more: string) =>
    `provider: acme\nprobe_type: chat\nname: mine\nrequest: { messages: [{ role: user, content: hi }] }\n${more}`
  const mine = (more: string) =>
    only(
      load({
        env: { ACME_API_KEY: 'k' },
        shipped: acme,
        config: 'probes: [d.yaml]\n',
        files: { '/etc/d.yaml': chat(more) },
      }),
      'acme mine',
    )

  test.each([
    ['model: m\n', 'openai', '/c'],
    ['model: other\n', 'openai', '/c'],
    ['model: x/new\n', 'cohere', '/models/x/new/say'],
    ['model: "@x/new"\ndialect: cohere\n', 'cohere', '/models/%40x/new/say'],
    ['model: x/new\ndialect: openai\n', 'openai', '/c'],
  ])('%j goes the way of %s', (more, dialect, path) => {
    expect(mine(more)).toMatchObject({ dialect, path })
  })

  test('has no third', () => {
    expect(() => mine('model: m\ndialect: gemini\n')).toThrow('acme is not asked in that')
  })
})

describe('health of servers of one’s own', () => {
  test.each([
    ['vllm', 'GET /health'],
    ['litellm', 'GET /health/liveliness'],
    ['ollama', 'GET /api/tags'],
  ])('%s is asked %s every 30 s', (id, asked) => {
    const settings = load({ env: { LLMSTATUS_TARGETS: `${id}=http://10.0.0.1:8000`, ...full } })
    expect(names(settings)).toEqual([`${id} health`])
    const probe = only(settings, `${id} health`)
    expect(probe).toMatchObject({ type: 'reachability', everyMs: 30_000, timeoutMs: 5000, billed: false })
    expect(`${probe.method} ${probe.path}`).toBe(asked)
    expect(probe.credential.allow).toEqual([asked])
  })

  test('of Ollama means that it is Ollama who answers, and a definition may ask for a model as well', () => {
    const settings = load({
      env: { LLMSTATUS_TARGETS: 'ollama=http://10.0.0.1:11434' },
      config: 'probes: [d.yaml]\n',
      files: {
        '/etc/d.yaml':
          'provider: ollama\nprobe_type: reachability\nname: has-llama\nexpected: { models_contain: "llama3.2:1b" }\n',
      },
    })
    expect(only(settings, 'ollama health').expected).toEqual({ body_contains: '"models"' })
    expect(only(settings, 'ollama has-llama')).toMatchObject({
      path: '/api/tags',
      everyMs: 30_000,
      expected: { body_contains: '"models"', models_contain: 'llama3.2:1b' },
    })
  })

  test('of LiteLLM calls no model, unless a definition asks for the check that does', () => {
    const settings = load({
      env: { LLMSTATUS_TARGETS: 'litellm=http://10.0.0.1:4000' },
      config: 'probes: [d.yaml]\n',
      files: {
        '/etc/d.yaml':
          'provider: litellm\nprobe_type: http\nname: all-models\nrequest: { method: GET, path: /health }\nexpected: { status: 200 }\nevery: 6h\n',
      },
    })
    expect(only(settings, 'litellm all-models')).toMatchObject({ path: '/health', everyMs: 21_600_000 })
  })
})

describe('definitions on the command line', () => {
  const files = {
    '/home/me/up.yaml': 'provider: openai\nprobe_type: reachability\nname: up\n',
    '/etc/listed.yaml': 'provider: openai\nprobe_type: reachability\nname: listed\n',
  }
  const config = 'probes: [listed.yaml]\nsuite: full\n'

  test('run in place of everything else', () => {
    expect(names(load({ env: openai, config, files, said: { files: ['/home/me/up.yaml'] } }))).toEqual(['openai up'])
  })

  test('run beside a suite that is named there too', () => {
    const said = { files: ['/home/me/up.yaml'], suite: 'reachability' }
    expect(names(load({ env: openai, config, files, said }))).toEqual(['openai reachability', 'openai up'])
  })

  test('and so does a configuration file', () => {
    const settings = load({
      env: openai,
      files: { ...files, '/home/me/p.yaml': 'version: 1\nprobes: [up.yaml]\nsuite: reachability\n' },
      said: { config: '/home/me/p.yaml' },
    })
    expect(names(settings)).toEqual(['openai reachability', 'openai up'])
  })

  test('a suite there overrules the environment', () => {
    const settings = load({ env: { ...openai, ...full }, said: { suite: 'reachability' } })
    expect(names(settings)).toEqual(['openai reachability'])
  })
})
