import { CodedError } from '@llmstatus/shared/errors'
import { parseYaml } from '@llmstatus/shared/strict-yaml'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { runCommand } from '../cli/testing/test-shell.ts'
import type { Told } from '../config/testing/told.ts'
import { pem } from '../config/testing/told.ts'

/** Each setting as somebody would have it, in every format, beside what was printed when it was last looked at. */
const settings: Readonly<Record<string, Told>> = {
  hosted: {
    env: {
      OPENAI_API_KEY: 'sk-1',
      ANTHROPIC_API_KEY: 'sk-2',
      LLMSTATUS_AGGREGATOR_URL: 'https://status.example.com',
    },
  },
  private: {
    env: {
      KEY: 'sk-1',
      LLMSTATUS_AGGREGATOR_URL: 'http://llmstatus-aggregator:8420',
    },
    config: [
      'targets:',
      '  - { id: ollama, provider: ollama, origin: "http://10.1.2.3:11434" }',
      '  - { id: vllm, provider: vllm, origin: "http://vllm.models.svc:8000", secret: "env:KEY" }',
      '  - { id: litellm, provider: litellm, origin: "https://llm.corp.example", net: { private: ["10.20.0.0/16", "fd00:ec2::/31"] } }',
      '  - { id: database, provider: tcp, origin: "https://db.corp.example:5432" }',
      '  - { id: six, provider: ollama, origin: "http://[fd12::7]:11434" }',
      '  - { id: here, provider: ollama, origin: "http://127.0.0.1:11434" }',
      '  - { id: never, provider: ollama, origin: "http://169.254.169.254" }',
      'probes: [database.yaml]',
      '',
    ].join('\n'),
    files: { '/etc/database.yaml': 'provider: database\nprobe_type: tcp\n', '/etc/ca.pem': pem },
  },
  proxied: {
    env: {
      OPENAI_API_KEY: 'sk-1',
      KEY: 'sk-2',
      LLMSTATUS_PROXY: 'http://prober:sk-3@proxy.corp.example:3128',
      LLMSTATUS_AGGREGATOR_URL: 'https://status.example.com',
    },
    config: [
      'credentials:',
      '  - { name: gemini, provider: google_gemini, secret: "env:KEY", proxy: direct }',
      'targets:',
      '  - { id: litellm, provider: litellm, origin: "https://llm.corp.example", proxy: "https://10.0.0.8:3129" }',
      '  - { id: ollama, provider: ollama, origin: "http://10.1.2.3:11434" }',
      '  - { id: search, provider: http, origin: "https://10.1.2.4:9200" }',
      'controls: ["https://www.example.org"]',
      'remote_definitions: { accept: true, keys: [aggregator] }',
      '',
    ].join('\n'),
  },
  nothing: { env: {} },
}

const endings = { text: 'txt', json: 'json', networkpolicy: 'yaml', cilium: 'yaml', squid: 'conf' } as const
const formats = Object.keys(endings) as (keyof typeof endings)[]

const run = (told: Told, ...args: string[]) => runCommand(['egress', ...args], told, { identity: async () => null })

describe.each(Object.entries(settings))('what a prober with %s settings contacts', (name, told) => {
  it.each(formats)('as %s', async format => {
    const { code, out, err } = await run(told, '--format', format)
    expect([code, err]).toEqual([0, ''])
    await expect(out).toMatchFileSnapshot(`testdata/${name}.${format}.${endings[format]}`)
  })

  it('holds no key', async () => {
    for (const format of formats) expect((await run(told, '--format', format)).out).not.toContain('sk-')
  })
})

const Labels = z.object({ matchLabels: z.record(z.string(), z.string()) })
const Policy = z.object({
  metadata: z.unknown(),
  spec: z.object({
    podSelector: Labels.optional(),
    endpointSelector: Labels.optional(),
    egress: z.array(z.unknown()),
  }),
})

describe('a manifest', () => {
  it.each(['networkpolicy', 'cilium'])('as %s is YAML for the pods and the place that were named', async format => {
    const named = ['--name', 'probers', '--namespace', 'on', '--pod-labels', 'app=prober,tier=1.0']
    for (const told of Object.values(settings)) {
      const manifest = parseYaml(Policy, (await run(told, '--format', format, ...named)).out, 'policy.yaml')
      expect(manifest.metadata).toEqual({ name: 'probers', namespace: 'on' })
      const selector = manifest.spec.podSelector ?? manifest.spec.endpointSelector
      expect(selector?.matchLabels).toEqual({ app: 'prober', tier: '1.0' })
    }
  })

  it.each([
    ['--format', 'yaml'],
    ['--name', 'a b'],
    ['--namespace', 'x\n---'],
    ['--pod-labels', 'app'],
    ['--pod-labels', 'app=x"}'],
  ])('is not made with %s %j', async (flag, value) => {
    const { code, out, err } = await run({}, '--format', 'networkpolicy', flag, value)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(flag)
  })
})

it('what is wrong with the settings is said as everywhere', async () => {
  const { code } = await run({ env: { LLMSTATUS_TARGETS: 'ollama=http://2130706433' } })
  expect(code).toBe(new CodedError('config_invalid', '').exit)
})
