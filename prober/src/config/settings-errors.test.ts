import { type CodedError, explain } from '@llmstatus/shared/errors'
import { describe, expect, test } from 'vitest'
import { load, type Told } from './testing/told.ts'

/** What a person reads, word for word. */
const refused = (told: Told): string => {
  try {
    load(told)
  } catch (error) {
    expect(error).toMatchObject({ exit: 2 })
    return explain(error as CodedError)
  }
  return 'accepted'
}

const credential = (rest: string) => `credentials:\n  - name: main\n    ${rest}\n`
const target = (rest: string) => `targets:\n  - ${rest}\n`
const vllm = { LLMSTATUS_TARGETS: 'vllm=http://10.0.0.1:8000' }
const defined = (text: string, env: Readonly<Record<string, string>> = { OPENAI_API_KEY: 'k' }): Told => ({
  env,
  config: 'probes: [d.yaml]\n',
  files: { '/etc/d.yaml': text },
})

const cases: Readonly<Record<string, readonly [Told, string]>> = {
  'an unknown variable': [
    { env: { LLMSTATUS_SIUTE: 'standard' } },
    'LLMSTATUS_SIUTE: there is no such variable\n  → did you mean LLMSTATUS_SUITE?',
  ],
  'a configuration file that is not there': [
    { env: { LLMSTATUS_CONFIG: '/etc/none.yaml' } },
    'LLMSTATUS_CONFIG: cannot read /etc/none.yaml (ENOENT)',
  ],
  'an unknown key': [
    { config: 'regoin: eu\n' },
    '/etc/prober.yaml:2:1: regoin: is not a known key\n  → did you mean "region"?',
  ],
  'a duration that is a number': [
    { config: 'every: { chat: 5 }\n' },
    '/etc/prober.yaml:2:16: every.chat: is not a duration such as 30s, 5m or 1h',
  ],
  'a suite that does not exist': [
    { env: { LLMSTATUS_SUITE: 'standart' } },
    'LLMSTATUS_SUITE: is not one of reachability, standard, full\n  → Which suite runs for every key that is found.',
  ],
  'a suite that does not exist, on the command line': [
    { said: { suite: 'fulll' } },
    '--suite: there is no suite fulll\n  → did you mean "full"?',
  ],
  'a suite that did not come with this installation': [
    {
      env: { LLMSTATUS_SUITE: 'full' },
      shipped: {
        'suites/full.yaml':
          'id: full\nincludes: [quick]\nprobes:\n  - { name: up, probe_type: reachability, kinds: [hosted], every: 60s, timeout_ms: 1000 }\n',
      },
    },
    'suites/full.yaml: includes quick, which is not there',
  ],
  'a secret file that is not there': [
    { env: { OPENAI_API_KEY_FILE: '/run/secrets/openai' } },
    'OPENAI_API_KEY_FILE: cannot read /run/secrets/openai (ENOENT)\n  → there is no such file; is the secret mounted?',
  ],
  'a key and its file': [
    { env: { OPENAI_API_KEY: 'a', OPENAI_API_KEY_FILE: '/b' } },
    'OPENAI_API_KEY and OPENAI_API_KEY_FILE are both set\n  → keep one of them',
  ],
  'a key with a line break inside': [
    { env: { OPENAI_API_KEY: 'sk-1\nsk-2' } },
    'OPENAI_API_KEY: holds a space, a line break or another character that no key has\n  → paste the key again, alone and on one line',
  ],
  'a name in LLMSTATUS_USE that is nobody’s': [
    { env: { LLMSTATUS_USE: 'LITELM_MASTER_KEY' } },
    'LLMSTATUS_USE: LITELM_MASTER_KEY is no provider\'s general-purpose variable\n  → did you mean "LITELLM_MASTER_KEY"?',
  ],
  'a name in LLMSTATUS_USE that needs no leave': [
    { env: { LLMSTATUS_USE: 'OPENAI_API_KEY' } },
    "LLMSTATUS_USE: OPENAI_API_KEY is no provider's general-purpose variable\n  → it is used without being named here",
  ],
  'a target without an origin': [
    { env: { LLMSTATUS_TARGETS: 'vllm' } },
    'LLMSTATUS_TARGETS: entry 1: is not id=origin, such as vllm=http://10.1.2.3:8000\n  → Self-hosted servers to probe. The left side is the target’s id and its provider file.',
  ],
  'a target of an unknown kind': [
    { env: { LLMSTATUS_TARGETS: 'vlm=http://10.0.0.1:8000' } },
    'LLMSTATUS_TARGETS: entry 1: vlm is not a self-hosted provider\n  → did you mean "vllm"?',
  ],
  'a hosted provider as a target': [
    { env: { LLMSTATUS_TARGETS: 'openai=http://10.0.0.1:8000' } },
    'LLMSTATUS_TARGETS: entry 1: openai is not self-hosted\n  → its origin can be set under credentials in prober.yaml',
  ],
  'a target whose address is written in another way': [
    { env: { LLMSTATUS_TARGETS: 'vllm=http://0x0a000001:8000' } },
    'LLMSTATUS_TARGETS: entry 1: would be read as http://10.0.0.1:8000; write it so',
  ],
  'a target twice': [
    { env: vllm, config: target('{ id: vllm, provider: vllm, origin: "http://10.0.0.2:8000" }') },
    'LLMSTATUS_TARGETS: entry 1: vllm is there twice',
  ],
  'a target that bears a provider’s name': [
    { config: target('{ id: openai, provider: vllm, origin: "http://10.0.0.2:8000" }') },
    '/etc/prober.yaml:3:11: targets[0].id: openai is taken by a provider\n  → choose another id',
  ],
  'a target with a path': [
    { config: target('{ id: gpu, provider: vllm, origin: "http://10.0.0.2:8000/v1" }') },
    '/etc/prober.yaml:3:40: targets[0].origin: is not an origin such as https://api.example.com',
  ],
  'a credential of an unknown provider': [
    { config: credential('provider: opanai\n    secret: env:K') },
    '/etc/prober.yaml:4:15: credentials[0].provider: is no provider that this version knows\n  → did you mean "openai"?',
  ],
  'a credential of a self-hosted provider': [
    { config: credential('provider: vllm\n    secret: env:K') },
    '/etc/prober.yaml:4:15: credentials[0].provider: vllm is self-hosted\n  → list it under targets, with its origin',
  ],
  'a credential whose variable is not set': [
    { config: credential('provider: openai\n    secret: env:MY_KEY') },
    '/etc/prober.yaml:5:13: credentials[0].secret: MY_KEY is not set\n  → set it, or take this entry out',
  ],
  'a credential whose file is not there': [
    { config: credential('provider: openai\n    secret: file:keys/openai') },
    '/etc/prober.yaml:5:13: credentials[0].secret: cannot read /etc/keys/openai (ENOENT)\n  → there is no such file; is the secret mounted?',
  ],
  'a second credential for one provider': [
    {
      env: { A: 'a', B: 'b' },
      config: `${credential('provider: openai\n    secret: env:A')}  - { name: second, provider: openai, secret: "env:B" }\n`,
    },
    '/etc/prober.yaml:6:31: credentials[1].provider: is a second credential for openai; one for each provider can be used\n  → run a second prober for the second key',
  ],
  'a credential whose origin ends in a dot': [
    {
      env: { K: 'k' },
      config: credential('provider: openai\n    secret: env:K\n    origin: https://api.openai.com.'),
    },
    '/etc/prober.yaml:6:13: credentials[0].origin: ends in a dot',
  ],
  'an authority that is not a certificate': [
    { env: { LLMSTATUS_CA_FILE: '/ca.pem' }, files: { '/ca.pem': 'hello' } },
    'LLMSTATUS_CA_FILE: /ca.pem holds no certificate\n  → it is a PEM file: -----BEGIN CERTIFICATE-----',
  ],
  'a definition that is not there': [
    { config: 'probes: [d.yaml]\n' },
    '/etc/prober.yaml:2:10: probes[0]: cannot read /etc/d.yaml (ENOENT)',
  ],
  'a definition of nobody': [
    defined('provider: opnai\nprobe_type: reachability\nname: mine\n'),
    '/etc/d.yaml:1:11: provider: is neither a provider nor a target\n  → did you mean "openai"?',
  ],
  'a definition of a provider without a key': [
    defined('provider: groq\nmodel: m\nprobe_type: chat\nrequest: { messages: [{ role: user, content: hi }] }\n'),
    '/etc/d.yaml:1:11: provider: there is no key for groq here\n  → set GROQ_API_KEY, or list a credential in prober.yaml',
  ],
  'a definition of a self-hosted provider that is nowhere': [
    defined('provider: vllm\nprobe_type: reachability\n'),
    '/etc/d.yaml:1:11: provider: there is no vllm target here\n  → say where it is: LLMSTATUS_TARGETS=vllm=http://host:port',
  ],
  'a definition in a dialect that is not spoken yet': [
    {
      ...defined('provider: openai\nmodel: text-embedding-3-small\nprobe_type: embeddings\n'),
      dialects: ['openai', 'http', 'tcp'],
    },
    '/etc/d.yaml:3:13: probe_type: this version does not speak the dialect openai-embeddings yet\n  → it speaks: http, openai, tcp',
  ],
  'a definition with a path of its own for a hosted provider': [
    defined('provider: openai\nprobe_type: http\nname: files\nrequest: { method: GET, path: /v1/files }\n'),
    "/etc/d.yaml:4:31: request.path: is not one that openai's key may be used for\n  → allowed: GET /v1/models; a path of its own is for targets",
  ],
  'a definition whose name is taken by the suite': [
    defined('provider: openai\nprobe_type: reachability\n'),
    '/etc/d.yaml:1:1: name: openai has a probe named reachability already\n  → give this one a name of its own',
  ],
  'a definition whose expectation cannot come true': [
    defined(
      'provider: openai\nmodel: m\nprobe_type: chat\nname: sum\nrequest: { messages: [{ role: user, content: "{{a}} + 1?" }] }\nexpected: { response_contains: "{{a*b}}" }\n',
    ),
    '/etc/d.yaml:6:32: expected.response_contains: expects {{a*b}}, which the question does not hold',
  ],
  'a configuration file that is not there, on the command line': [
    { said: { config: '/etc/none.yaml' } },
    '--config: cannot read /etc/none.yaml (ENOENT)',
  ],
  'a definition that is not there, on the command line': [
    { env: { OPENAI_API_KEY: 'k' }, said: { files: ['/etc/none.yaml'] } },
    '--file: cannot read /etc/none.yaml (ENOENT)',
  ],
  'embeddings of a provider that has none': [
    defined('provider: groq\nmodel: m\nprobe_type: embeddings\n', { GROQ_API_KEY: 'k' }),
    '/etc/d.yaml:3:13: probe_type: groq has no embeddings\n  → its provider file says nothing of them',
  ],
  'a chat with a model for embeddings': [
    defined(
      'provider: openai\nmodel: text-embedding-3-small\nprobe_type: chat\nname: mine\nrequest: { messages: [{ role: user, content: hi }] }\n',
    ),
    '/etc/d.yaml:2:8: model: is a model for embeddings\n  → write probe_type: embeddings, or name another model',
  ],
  'a placeholder where nothing is asked': [
    {
      env: { LLMSTATUS_TARGETS: 'http=http://10.0.0.1:80' },
      config: 'probes: [d.yaml]\n',
      files: {
        '/etc/d.yaml':
          'provider: http\nprobe_type: http\nrequest: { method: GET, path: / }\nexpected: { body_contains: "{{nonce}}" }\n',
      },
    },
    '/etc/d.yaml:4:28: expected.body_contains: holds a placeholder, and nothing was asked',
  ],
  'a certificate where there is none': [
    {
      env: { LLMSTATUS_TARGETS: 'http=http://10.0.0.1:80' },
      config: 'probes: [d.yaml]\n',
      files: {
        '/etc/d.yaml':
          'provider: http\nprobe_type: http\nrequest: { method: GET, path: / }\nexpected: { certificate_days: 14 }\n',
      },
    },
    '/etc/d.yaml:4:31: expected.certificate_days: there is no certificate at an http origin, and that is what http has\n  → write its origin with https',
  ],
  'a JSON schema with a pattern of another engine': [
    defined(
      'provider: openai\nmodel: m\nprobe_type: chat\nname: mine\nrequest: { messages: [{ role: user, content: hi }] }\nexpected: { json_schema: { type: string, pattern: "(a+)+$" } }\n',
    ),
    '/etc/d.yaml:6:26: expected.json_schema: holds pattern; a pattern belongs in response_matches, where it runs in linear time',
  ],
  'a JSON schema of no known type': [
    defined(
      'provider: openai\nmodel: m\nprobe_type: chat\nname: mine\nrequest: { messages: [{ role: user, content: hi }] }\nexpected: { json_schema: { type: nmuber } }\n',
    ),
    '/etc/d.yaml:6:26: expected.json_schema: holds type, and not one of object, array, string, number, integer, boolean, null, or a list of them',
  ],
  'a chat with a plain target': [
    {
      config: `${target('{ id: db, provider: tcp, origin: "http://db:5432" }')}probes: [d.yaml]\n`,
      files: {
        '/etc/d.yaml':
          'provider: db\nmodel: m\nprobe_type: chat\nrequest: { messages: [{ role: user, content: hi }] }\n',
      },
    },
    '/etc/d.yaml:3:13: probe_type: db cannot be chatted with\n  → its target has a provider that speaks no dialect',
  ],
}

describe('what is wrong is said with its place and what to do:', () => {
  test.each(Object.entries(cases))('%s', (_name, [told, message]) => {
    expect(refused(told)).toBe(message)
  })
})

test('a missing secret has its own code', () => {
  expect(() => load({ env: { OPENAI_API_KEY_FILE: '/x' } })).toThrow(
    expect.objectContaining({ code: 'secret_unreadable' }),
  )
})
