import { type CodedError, explain } from '@llmstatus/shared/errors'
import { describe, expect, test } from 'vitest'
import { load, only, type Told } from './testing/told.ts'

/** A provider whose origin holds an account, as Azure's and Databricks' do. */
const shipped = {
  'providers/acme.yaml': `id: acme
name: Acme
kind: hosted
origin: https://{ACME_ACCOUNT}.acme.example
origin_suffix: .acme.example
auth: { scheme: raw, header: x-api-key }
env: [ACME_API_KEY]
headers: { acme-version: '1' }
reachability: { method: GET, path: '/{ACME_ACCOUNT}/models', keyless: true }
chat: { path: '/deployments/{model}/chat', dialect: openai }
models: [{ id: 'acme/small:1', default: true }]
unverified: [price]
`,
}
const key = { ACME_API_KEY: 'k' }
const refused = (told: Told): string => {
  try {
    load({ shipped, ...told })
  } catch (error) {
    return explain(error as CodedError)
  }
  return 'accepted'
}
const credential = (rest: string) =>
  `credentials:\n  - name: main\n    provider: acme\n    secret: env:ACME_API_KEY\n    ${rest}\n`

describe('a name in braces', () => {
  test('is filled from the variable of that name, in the origin and in the paths', () => {
    const settings = load({ shipped, env: { ...key, ACME_ACCOUNT: 'my-team' } })
    expect(only(settings, 'acme reachability')).toMatchObject({ path: '/my-team/models', origin: 'shipped' })
    expect(only(settings, 'acme chat')).toMatchObject({
      path: '/deployments/acme%2Fsmall%3A1/chat',
      question: { model: 'acme/small:1' },
      credential: {
        origin: 'https://my-team.acme.example',
        auth: { header: 'x-api-key', scheme: 'raw' },
        headers: { 'acme-version': '1' },
        allow: ['GET /my-team/models', 'POST /deployments/acme%2Fsmall%3A1/chat'],
        net: { private: false },
      },
    })
  })

  test('is filled from the credential’s values before that', () => {
    const settings = load({
      shipped,
      env: { ...key, ACME_ACCOUNT: 'other' },
      config: credential('values: { ACME_ACCOUNT: my-team }'),
    })
    expect(only(settings, 'acme chat').credential.origin).toBe('https://my-team.acme.example')
  })

  test.each(['ACME_API_KEY', 'OPENAI_API_KEY', 'MY_KEY', 'LLMSTATUS_ENROL_TOKEN'])(
    'is never filled from %s, which holds a secret',
    name => {
      const stealing = { 'providers/acme.yaml': shipped['providers/acme.yaml'].replaceAll('ACME_ACCOUNT', name) }
      const env = { ...key, OPENAI_API_KEY: 'k', MY_KEY: 'k' }
      const target = '{ id: vllm, provider: vllm, origin: "http://10.0.0.1:8000", secret: "env:MY_KEY" }'
      const targets = `targets: [${target}]\n`
      const why = `needs ${name}, which is the name of a secret`
      const settings = load({ shipped: stealing, env, config: targets })
      expect(settings.notes).toContain(`ACME_API_KEY is set, and acme ${why}`)
      const config = `${targets}${credential('origin: https://a.acme.example')}`
      expect(refused({ shipped: stealing, env, config })).toContain(why)
    },
  )

  test('that nothing fills leaves a found key unused, with a note', () => {
    const settings = load({ shipped, env: key })
    expect(settings.probes).toEqual([])
    expect(settings.notes).toContain('ACME_API_KEY is set, and acme needs ACME_ACCOUNT, which is not set')
  })

  test('that nothing fills is an error where the credential was written down', () => {
    expect(refused({ env: key, config: credential('models: [m]') })).toBe(
      '/etc/prober.yaml:3:5: credentials[0]: needs ACME_ACCOUNT, which is not set\n  → set it, or write it under values',
    )
  })

  test.each(['evil.example/', 'a.b', 'a/b', 'a@b', 'a#', 'a b', 'x'.repeat(64)])('cannot become %j', value => {
    const settings = load({ shipped, env: { ...key, ACME_ACCOUNT: value } })
    expect(settings.probes).toEqual([])
    expect(settings.notes).toContain(
      'ACME_API_KEY is set, and acme needs ACME_ACCOUNT, which is not 1 to 63 letters, digits and hyphens',
    )
  })
})

test('a full origin given for such a provider ends as its file says', () => {
  const env = { ...key, ACME_ACCOUNT: 'a' }
  expect(refused({ env, config: credential('origin: https://eu.acme.example') })).toBe('accepted')
  for (const origin of ['https://acme.example.evil.example', 'https://notacme.example'])
    expect(refused({ env, config: credential(`origin: ${origin}`) })).toBe(
      '/etc/prober.yaml:6:13: credentials[0].origin: does not end in .acme.example',
    )
})

test('a dialect that is not spoken yet leaves the chat out, and the edge is still reached', () => {
  const told = { 'providers/acme.yaml': shipped['providers/acme.yaml'].replace('dialect: openai', 'dialect: acme') }
  const settings = load({ shipped: told, env: { ...key, ACME_ACCOUNT: 'a' } })
  expect(settings.probes.map(({ probe }) => probe)).toEqual(['reachability'])
  expect(settings.notes).toContain('acme acme/small:1: no chat, this version does not speak its dialect acme yet')
})

describe('definitions that ship', () => {
  test('have the name of their file', () => {
    expect(refused({ shipped: { 'providers/acne.yaml': shipped['providers/acme.yaml'] } })).toMatch(
      /providers\/acne\.yaml: id: is acme, and the file's name is not$/,
    )
  })

  const suite = (id: string, includes: string) =>
    `id: ${id}\nincludes: [${includes}]\nprobes: [{ name: ${id}, probe_type: reachability, kinds: [hosted], every: 1m, timeout_ms: 1000 }]\n`

  test('may include each other, and each probe still runs once', () => {
    const round = { 'suites/full.yaml': suite('full', 'more'), 'suites/more.yaml': suite('more', 'full') }
    const settings = load({ shipped: round, env: { OPENAI_API_KEY: 'k', LLMSTATUS_SUITE: 'full' } })
    expect(settings.probes.map(({ probe }) => probe)).toEqual(['more', 'full'])
  })

  test('include only what is there', () => {
    expect(refused({ shipped: { 'suites/full.yaml': suite('full', 'none') }, env: { LLMSTATUS_SUITE: 'full' } })).toBe(
      'suites/full.yaml: includes none, which is not there',
    )
  })
})
