import { describe, expect, test } from 'vitest'
import { readSettings } from './settings.ts'
import { inputOf, load, only, openai, type Told } from './testing/told.ts'

const written = (text: string, told: Partial<Told> = {}) => ({
  env: openai,
  config: `probes: [warm.yaml]\n${told.config ?? ''}`,
  files: { '/etc/warm.yaml': text },
  ...(told.env === undefined ? {} : { env: told.env }),
})
const chat = (connection: string) =>
  `provider: openai\nmodel: gpt-4.1-nano\nprobe_type: chat\nname: again\nconnection: ${connection}\nrequest: { messages: [{ role: user, content: hi }] }\n`

describe('a probe of a warm connection', () => {
  test('asks first whether the provider is there, without its key where that is enough', () => {
    const probe = only(load(written(chat('warm'))), 'openai again')
    expect(probe.warmUp).toEqual({ method: 'GET', path: '/v1/models', keyed: false })
    expect(probe.credential.allow).toContain('GET /v1/models')
  })

  test('may ask that also where nothing else does', () => {
    const probe = only(load({ ...written(chat('warm')), said: { files: ['/etc/warm.yaml'] } }), 'openai again')
    expect(probe.credential.allow).toEqual(['POST /v1/chat/completions', 'GET /v1/models'])
  })

  test('is another series than the cold one, and a cold one is what it was', () => {
    const [warm, cold, plain] = ['warm', 'cold', 'cold #'].map(
      connection => only(load(written(chat(connection))), 'openai again').def,
    )
    expect(warm).not.toBe(cold)
    expect(cold).toBe(plain)
    expect(only(load(written(chat('warm').replace('connection: warm\n', ''))), 'openai again').def).toBe(cold)
    expect(only(load(written(chat('cold'))), 'openai again')).not.toHaveProperty('warmUp')
  })

  test('of a plain target asks the same twice', () => {
    const target = 'targets: [{ id: search, provider: http, origin: "http://10.1.2.4:9200" }]\n'
    const text =
      'provider: search\nprobe_type: http\nname: cluster-warm\nconnection: warm\nrequest: { method: HEAD, path: /health }\n'
    const probe = only(load(written(text, { config: target })), 'search cluster-warm')
    expect(probe.warmUp).toEqual({ method: 'HEAD', path: '/health', keyed: true })
    expect(probe.credential.allow).toEqual(['HEAD /health'])
  })

  test('may stand in a suite', async () => {
    const suite = `id: standard
probes:
  - { name: up-warm, probe_type: reachability, connection: warm, kinds: [hosted], every: 60s, timeout_ms: 1000 }
`
    const settings = await readSettings(inputOf({ env: openai, shipped: { 'suites/standard.yaml': suite } }))
    expect(only(settings, 'openai up-warm').warmUp).toEqual({ method: 'GET', path: '/v1/models', keyed: false })
  })
})
