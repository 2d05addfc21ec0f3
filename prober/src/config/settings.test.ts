import { reveal, Secret } from '@llmstatus/shared/secret'
import { describe, expect, test } from 'vitest'
import { load, names, only, openai, pem, type Told } from './testing/told.ts'

describe('prober.yaml', () => {
  test('may set the origin of a credential, and then http and a private address are meant', () => {
    const settings = load({
      env: { KEY: 'k' },
      config:
        'credentials:\n  - name: proxied\n    provider: openai\n    origin: http://127.0.0.1:9001\n    secret: env:KEY\n    net: { private: [10.0.0.0/8] }\n',
    })
    expect(only(settings, 'openai chat')).toMatchObject({
      origin: 'set',
      credential: {
        name: 'proxied',
        origin: 'http://127.0.0.1:9001',
        net: { private: true, cidrs: ['10.0.0.0/8'] },
      },
    })
  })

  test('comes before what is found in the environment', () => {
    const settings = load({
      env: { ...openai, KEY: 'k' },
      config: 'credentials:\n  - { name: main, provider: openai, secret: "env:KEY" }\n',
    })
    const { auth } = only(settings, 'openai chat').credential
    expect(auth && reveal(auth.secret)).toBe('k')
  })

  test('may bring an authority for one credential; one for origins of one’s own is not for a provider’s', () => {
    const ca = (rest: string) =>
      only(
        load({
          env: { KEY: 'k', LLMSTATUS_CA_FILE: '/own.pem' },
          config: `credentials:\n  - { name: main, provider: openai, secret: "env:KEY"${rest} }\n`,
          files: { '/own.pem': `own ${pem}`, '/etc/ca.pem': pem },
        }),
        'openai chat',
      ).credential.ca
    expect(ca('')).toBeNull()
    expect(ca(', ca_file: ca.pem')).toBe(pem)
    expect(ca(', origin: "https://gateway.internal"')).toBe(`own ${pem}`)
  })

  test('may name models and limit how long their answers get', () => {
    const settings = load({
      env: { KEY: 'k' },
      config:
        'credentials:\n  - name: main\n    provider: openai\n    secret: env:KEY\n    models: [gpt-5-nano, gpt-unheard-of]\n    limits: { max_output_tokens: 300 }\n',
    })
    const chats = settings.probes.filter(({ type }) => type === 'chat')
    expect(chats.map(({ model, price, question }) => [model, price, question?.maxTokens])).toEqual([
      ['gpt-5-nano', { input: 0.05, output: 0.4 }, 300],
      ['gpt-unheard-of', null, 10],
    ])
    expect(settings.costPerDay).toEqual([{ provider: 'openai', usd: null }])
  })

  test('finds secrets, authorities and definitions beside itself', () => {
    const settings = load({
      config:
        'aggregator: { url: https://status.internal, ca_file: ca.pem }\ncredentials:\n  - { name: main, provider: openai, secret: "file:keys/openai" }\nprobes: [more/sum.yaml]\n',
      files: {
        '/etc/ca.pem': pem,
        '/etc/keys/openai': 'sk-3\n',
        '/etc/more/sum.yaml':
          'provider: openai\nmodel: gpt-4o-mini\nprobe_type: chat\nname: sum\nrequest: { system: Be brief., messages: [{ role: user, content: "{{a}} × {{b}}?" }] }\nexpected: { response_contains: "{{a*b}}" }\nevery: 1h\nsla: { ttfb_p95_ms: 2000 }\n',
      },
    })
    expect(settings.aggregator).toEqual({ url: 'https://status.internal', ca: pem, proxy: null })
    expect(only(settings, 'openai sum')).toMatchObject({
      model: 'gpt-4o-mini',
      everyMs: 3_600_000,
      timeoutMs: 30_000,
      sla: { ttfb_p95_ms: 2000 },
      question: { system: 'Be brief.', messages: [{ content: '{{a}} × {{b}}?' }], maxTokens: 256, stream: true },
    })
  })

  test('is overruled by the environment', () => {
    const settings = load({
      env: {
        ...openai,
        LLMSTATUS_NAME: 'from-env',
        LLMSTATUS_CHAT_EVERY: '4s',
        LLMSTATUS_AGGREGATOR_URL: 'http://127.0.0.1:8420/',
      },
      config:
        'name: from-file\nregion: eu-west\ncontinent: eu\naggregator: { url: https://status.internal }\nevery: { chat: 10m, reachability: 20s }\nspool: { max_mib: 8 }\n',
    })
    expect(settings).toMatchObject({
      name: 'from-env',
      region: 'eu-west',
      continent: 'eu',
      aggregator: { url: 'http://127.0.0.1:8420', ca: null },
      spoolMaxBytes: 8 * 1024 * 1024,
    })
    expect(only(settings, 'openai chat').everyMs).toBe(4000)
    expect(only(settings, 'openai reachability').everyMs).toBe(20_000)
  })

  test('may say what a key may spend and how often it may be asked', () => {
    const settings = load({
      env: { KEY: 'k' },
      config:
        'credentials:\n  - { name: a, provider: openai, secret: "env:KEY", limits: { usd_per_day: 1, requests_per_minute: 2 } }\n  - { name: b, provider: anthropic, secret: "env:KEY", limits: { max_output_tokens: 20 } }\n',
    })
    expect(settings.credentialLimits).toEqual([{ name: 'a', provider: 'openai', usdPerDay: 1, requestsPerMinute: 2 }])
  })
})

describe('the settings', () => {
  test('have their defaults from the table', () => {
    expect(load({})).toMatchObject({
      name: null,
      region: null,
      continent: null,
      dataDir: '/data',
      aggregator: { url: null, ca: null, proxy: null },
      health: { host: '127.0.0.1', port: 8421 },
      logLevel: 'info',
      spoolMaxBytes: 64 * 1024 * 1024,
      budgetUsdPerDay: 1,
    })
  })

  test('open the token file only when somebody asks for the token', () => {
    const env = { ...openai, LLMSTATUS_ENROL_TOKEN_FILE: '/gone' }
    const settings = load({ env })
    expect(settings.enrolToken).toThrow('LLMSTATUS_ENROL_TOKEN_FILE: cannot read /gone')
    expect(load({ env: { LLMSTATUS_ENROL_TOKEN: 'lls1.x' } }).enrolToken()).toBeInstanceOf(Secret)
    expect(load({}).enrolToken()).toBeNull()
  })

  test('cannot be changed, at any depth', () => {
    const settings = load({ env: openai })
    const chat = only(settings, 'openai chat')
    for (const part of [settings, settings.probes, chat, chat.question?.messages[0], chat.quirks, chat.credential])
      expect(Object.isFrozen(part)).toBe(true)
  })

  test('say what a day costs at most', () => {
    const { costPerDay } = load({ env: { ...openai, LLMSTATUS_CHAT_EVERY: '1h' } })
    // 24 chats of 26 prompt tokens at most, and 10 of answer
    expect(costPerDay).toEqual([{ provider: 'openai', usd: expect.closeTo((24 * (26 * 0.1 + 10 * 0.4)) / 1e6, 12) }])
  })

  test('of the reachability suite have no chat', () => {
    expect(names(load({ env: { ...openai, LLMSTATUS_SUITE: 'reachability' } }))).toEqual(['openai reachability'])
  })
})

describe('the digest of a probe', () => {
  const chat = (told: Told) => only(load(told), 'openai chat').def

  test('does not depend on the key or the rhythm', () => {
    expect(chat({ env: { OPENAI_API_KEY: 'another' } })).toBe(chat({ env: openai }))
    expect(chat({ env: { ...openai, LLMSTATUS_CHAT_EVERY: '1h' } })).toBe(chat({ env: openai }))
  })

  test('differs when another question, timeout, model or origin is meant', () => {
    const defined = (text: string) =>
      only(
        load({
          env: { ...openai, KEY: 'k' },
          config: `probes: [d.yaml]\n${text.includes('elsewhere') ? 'credentials: [{ name: a, provider: openai, secret: "env:KEY", origin: "https://elsewhere.example" }]\n' : ''}`,
          files: { '/etc/d.yaml': `provider: openai\nprobe_type: chat\nname: mine\n${text}` },
        }),
        'openai mine',
      ).def
    const asked = 'model: m\nrequest: { messages: [{ role: user, content: hi }] }\n'
    const digests = [
      asked,
      asked.replace('hi', 'ho'),
      asked.replace('m\n', 'n\n'),
      `${asked}timeout_ms: 5000\n`,
      `${asked}stream: false\n`,
      `${asked}expected: { response_contains: x }\n`,
      `${asked}# elsewhere\n`,
    ].map(defined)
    expect(new Set(digests).size).toBe(digests.length)
    expect(defined(`${asked}every: 1h\n`)).toBe(digests[0])
  })

  test('is another for every probe there is', () => {
    const { probes } = load({ env: { ...openai, LLMSTATUS_KEYLESS: 'major' } })
    expect(new Set(probes.map(({ def }) => def)).size).toBe(probes.length)
  })
})
