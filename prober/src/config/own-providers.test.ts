import { describe, expect, test } from 'vitest'
import { load, names, only, pem } from './testing/told.ts'

const acme = (change: Readonly<Record<string, string>> = {}): string =>
  Object.entries({
    id: 'acme',
    name: 'Acme AI',
    kind: 'hosted',
    origin: 'https://api.acme.example',
    auth: '{ scheme: bearer, header: authorization }',
    env: '[ACME_API_KEY]',
    reachability: '{ method: GET, path: /v1/models, keyless: true }',
    chat: '{ path: /v1/chat/completions, dialect: openai }',
    models: '[{ id: acme-small, default: true }]',
    unverified: '[price]',
    ...change,
  })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')

const config = 'providers: [acme.yaml]\n'
const told = (change: Readonly<Record<string, string>> = {}, more: string = config) =>
  load({ env: { ACME_API_KEY: 'k-1' }, config: more, files: { '/etc/acme.yaml': acme(change), '/etc/b.yaml': acme() } })

describe('a provider file of one’s own', () => {
  test('is asked what the suites ask, with the key of its name', () => {
    const settings = told()
    expect(names(settings)).toEqual(['acme reachability', 'acme chat'])
    expect(only(settings, 'acme chat').credential).toMatchObject({ origin: 'https://api.acme.example' })
    expect([...settings.definitions.own]).toEqual(['acme'])
  })

  test('leads where it was written down here to lead: there it may be private, and it is none that ships', () => {
    const probe = only(told(), 'acme chat')
    expect(probe.origin).toBe('set')
    expect(probe.credential.net).toEqual({ private: true, cidrs: [] })
  })

  test('is reached directly and trusted as its operator says, as any origin that was set here', () => {
    const env = { ACME_API_KEY: 'k-1', LLMSTATUS_PROXY: 'http://proxy.corp:3128', LLMSTATUS_CA_FILE: '/etc/ca.pem' }
    const settings = load({ env, config, files: { '/etc/acme.yaml': acme(), '/etc/ca.pem': pem } })
    expect(only(settings, 'acme chat').credential).toMatchObject({ proxy: null, ca: pem })
  })

  test('can have a credential in prober.yaml, and counts as set there too', () => {
    const more = `${config}credentials:\n  - { name: ours, provider: acme, secret: "env:ACME_API_KEY" }\n`
    expect(only(told({}, more), 'acme chat')).toMatchObject({ origin: 'set', credential: { name: 'ours' } })
  })

  test('can be that of a server of one’s own, and stands behind a target', () => {
    const own = { kind: 'self_hosted', origin: 'http://127.0.0.1:9000', models: '[]' }
    const more = `${config}targets:\n  - { id: rack, provider: acme, origin: "http://10.1.2.3:9000" }\n`
    expect(only(told(own, more), 'rack health')).toMatchObject({
      path: '/v1/models',
      credential: { origin: 'http://10.1.2.3:9000' },
    })
  })
})

describe('it is refused', () => {
  test.each([
    ['with the id of one that ships', { id: 'openai' }, 'acme.yaml:1:5: id: there is a provider openai already'],
    [
      'with the key of one that ships',
      { env: '[OPENAI_API_KEY]' },
      'OPENAI_API_KEY is where the key of openai is found',
    ],
    [
      'with a secret of one that ships',
      { env: '[A_KEY]', secrets: '[ANTHROPIC_API_KEY]' },
      'ANTHROPIC_API_KEY is where the key of anthropic is found',
    ],
    ['with a name of our own', { env: '[LLMSTATUS_ENROL_TOKEN]' }, 'LLMSTATUS_ENROL_TOKEN is a name of our own'],
    ['with an unknown dialect', { chat: '{ path: /c, dialect: opnai }' }, 'this version does not speak opnai'],
    ['with an unknown key', { colour: 'blue' }, 'colour: is not a known key'],
    ['with plain http', { origin: 'http://api.acme.example' }, 'is not https'],
    ['with more than an origin', { origin: 'https://a@b' }, 'is not an origin'],
    ['with an address that is read otherwise', { origin: 'https://2130706433' }, 'would be read as https://127.0.0.1'],
  ])('%s', (_what, change, message) => {
    expect(() => told(change)).toThrow(message)
  })

  test('where it is there twice', () => {
    expect(() => told({}, 'providers: [acme.yaml, b.yaml]\n')).toThrow(
      'b.yaml:1:5: id: there is a provider acme already',
    )
  })

  test('where it is not there', () => {
    expect(() => told({}, 'providers: [nowhere.yaml]\n')).toThrow(
      'providers[0]: cannot read /etc/nowhere.yaml (ENOENT)',
    )
  })
})
