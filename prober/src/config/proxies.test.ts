import { explain } from '@llmstatus/shared/errors'
import { reveal } from '@llmstatus/shared/secret'
import { describe, expect, test } from 'vitest'
import type { HttpProxy } from '../probe.ts'
import type { ProberSettings } from './settings.ts'
import { load, openai, pem, type Told } from './testing/told.ts'

/** By provider: its proxy's address, and the secret of it. */
const ways = ({ probes }: ProberSettings): Readonly<Record<string, string>> =>
  Object.fromEntries(probes.map(({ provider, credential: { proxy } }) => [provider, shown(proxy)]))

const shown = (proxy: HttpProxy | null): string =>
  proxy === null ? 'direct' : [proxy.origin, ...(proxy.secret === null ? [] : [reveal(proxy.secret)])].join(' as ')

const refusal = (told: Told): string => {
  try {
    load(told)
  } catch (error) {
    return error instanceof Error && 'code' in error ? explain(error as never) : String(error)
  }
  return 'nothing is wrong'
}

describe('LLMSTATUS_PROXY', () => {
  const env = { ...openai, KEY: 'k', LLMSTATUS_PROXY: 'http://proxy.corp:3128' }

  test('is for origins that ship, and for those under a suffix of the provider; whatever else was set here is direct', () => {
    const settings = load({
      env: { ...env, LLMSTATUS_TARGETS: 'ollama=http://10.1.2.3:11434', LLMSTATUS_KEYLESS: 'major' },
      shipped: { 'providers/cloudy.yaml': cloudy },
      config: `credentials:
  - { name: a, provider: anthropic, origin: "https://llm.corp.example", secret: "env:KEY" }
  - { name: c, provider: cloudy, origin: "https://ours.cloudy.example", secret: "env:KEY" }
`,
    })
    expect(ways(settings)).toMatchObject({
      openai: 'http://proxy.corp:3128',
      groq: 'http://proxy.corp:3128',
      cloudy: 'http://proxy.corp:3128',
      anthropic: 'direct',
      ollama: 'direct',
    })
    expect(settings.notes).toContainEqual(
      expect.stringMatching(/^through the proxy http:\/\/proxy.corp:3128: .*openai/),
    )
    expect(settings.notes).toContain('not through a proxy: anthropic, ollama')
  })

  test('keeps its password apart from its address, and out of everything that is printed', () => {
    const settings = load({ env: { ...env, LLMSTATUS_PROXY: 'http://me:p%40ss%3Aw@proxy.corp:3128/' } })
    expect(ways(settings)).toEqual({ openai: 'http://proxy.corp:3128 as me:p@ss:w' })
    expect(JSON.stringify([settings.probes, settings.aggregator, settings.notes])).not.toMatch(/p%40ss|p@ss/)
  })

  test('may come from a file', () => {
    const { LLMSTATUS_PROXY: _none, ...rest } = env
    const told = {
      env: { ...rest, LLMSTATUS_PROXY_FILE: '/run/proxy' },
      files: { '/run/proxy': 'https://u:p@p.corp\n' },
    }
    expect(ways(load(told))).toEqual({ openai: 'https://p.corp as u:p' })
  })

  test('is for an aggregator at a public address, whoever says where that is', () => {
    expect(load({ env }).aggregator).toMatchObject({
      url: null,
      proxy: { origin: 'http://proxy.corp:3128', for: 'public_addresses' },
    })
  })

  test.each(['socks5://p:1', 'proxy.corp:3128', 'http://p:1/path', 'http://2130706433:3128', 'http://u:%zz@p:1'])(
    'is not %s',
    given => {
      const told = refusal({ env: { ...env, LLMSTATUS_PROXY: given } })
      expect(told).toMatch(/^LLMSTATUS_PROXY: (is not|holds)/)
      expect(told).not.toContain('%zz')
    },
  )
})

const cloudy = `id: cloudy
name: Cloudy
kind: hosted
origin: https://{CLOUDY_RESOURCE}.cloudy.example
origin_suffix: .cloudy.example
auth: { scheme: bearer, header: authorization }
env: [CLOUDY_API_KEY]
reachability: { method: GET, path: /v1/models, keyless: true }
chat: { path: /v1/chat/completions, dialect: openai }
models: []
unverified: []
`

describe('beside an origin', () => {
  const file = (credential: string, target = '') => ({
    env: { KEY: 'k', PROXY_LOGIN: 'me:from-env', LLMSTATUS_PROXY: 'http://usual.corp:3128' },
    files: { '/etc/login': 'me:from file'.replace(' ', '-'), '/etc/ca.pem': pem, '/run/other.pem': pem },
    config: `credentials:
  - { name: a, provider: openai, secret: "env:KEY"${credential} }
targets:
  - { id: ollama, provider: ollama, origin: "https://10.1.2.3:11434"${target} }
`,
  })

  test('proxy overrules LLMSTATUS_PROXY, for a target too', () => {
    const told = file(', proxy: "http://a.corp:1"', ', proxy: "http://b.corp:2", proxy_secret: "env:PROXY_LOGIN"')
    expect(ways(load(told))).toEqual({ openai: 'http://a.corp:1', ollama: 'http://b.corp:2 as me:from-env' })
  })

  test('direct is direct', () => {
    expect(ways(load(file(', proxy: direct')))).toEqual({ openai: 'direct', ollama: 'direct' })
  })

  test('its password comes from a file beside prober.yaml', () => {
    const told = file(', proxy: "http://a.corp:1", proxy_secret: "file:login"')
    expect(ways(load(told))).toMatchObject({ openai: 'http://a.corp:1 as me:from-file' })
  })

  test('ca_file vouches for a target alone', () => {
    const { probes } = load(file('', ', ca_file: ca.pem'))
    expect(Object.fromEntries(probes.map(({ provider, credential: { ca } }) => [provider, ca]))).toEqual({
      openai: null,
      ollama: pem,
    })
  })

  test('the aggregator has a way of its own, whoever says where it is', () => {
    const told = {
      files: { '/etc/ca.pem': pem, '/etc/login': 'me:pw' },
      config: 'aggregator: { ca_file: ca.pem, proxy: "https://p.corp", proxy_secret: "file:login" }\n',
    }
    const { aggregator } = load(told)
    expect(aggregator).toMatchObject({ url: null, ca: pem, proxy: { origin: 'https://p.corp', for: 'any_address' } })
    expect(shown(aggregator.proxy)).toBe('https://p.corp as me:pw')
    const direct = { env: { LLMSTATUS_PROXY: 'http://p:1' }, config: 'aggregator: { proxy: direct }\n' }
    expect(load(direct).aggregator.proxy).toBeNull()
  })

  test.each([
    [', proxy: "http://me:pw@p.corp:1"', 'credentials[0].proxy', 'proxy_secret'],
    [', proxy: "p.corp:1"', 'credentials[0].proxy', 'direct'],
    [', proxy: "ftp://p.corp:1"', 'credentials[0].proxy', 'direct'],
    [', proxy: "http://p.corp:1/x"', 'credentials[0].proxy', 'direct'],
    [', proxy_secret: "env:PROXY_LOGIN"', 'credentials[0].proxy_secret', 'is for a proxy'],
    [', proxy: direct, proxy_secret: "env:PROXY_LOGIN"', 'credentials[0].proxy_secret', 'is for a proxy'],
    [', proxy: "http://p.corp:1", proxy_secret: "me:pw"', 'credentials[0].proxy_secret', 'env:NAME'],
    [', origin: "http://10.0.0.1:1", proxy: "http://p.corp:1"', 'credentials[0].proxy', 'could read all'],
  ])('%s is refused at its line', (credential, place, words) => {
    const told = refusal(file(credential))
    expect(told).toContain(`/etc/prober.yaml:`)
    expect(told).toContain(place)
    expect(told).toContain(words)
    expect(told).not.toContain('pw@')
  })
})

describe('the surroundings', () => {
  test('name a proxy in vain, and are told so', () => {
    const notes = (env: Readonly<Record<string, string>>) => load({ env }).notes.filter(note => note.includes('_PROXY'))
    expect(notes({ HTTPS_PROXY: 'http://p:1', all_proxy: 'x' })).toEqual([
      'HTTPS_PROXY, all_proxy set and not used: a proxy is named in LLMSTATUS_PROXY, or beside an origin in prober.yaml',
    ])
    expect(notes({ HTTPS_PROXY: 'http://p:1', LLMSTATUS_PROXY: 'http://p:1' })).toEqual([])
    expect(ways(load({ env: { ...openai, HTTPS_PROXY: 'http://p:1' } }))).toEqual({ openai: 'direct' })
  })

  test('bring authorities that vouch for everybody, and that is said', () => {
    expect(load({ env: { NODE_EXTRA_CA_CERTS: '/ca.pem' } }).notes).toContainEqual(
      expect.stringContaining('NODE_EXTRA_CA_CERTS is set'),
    )
  })
})
