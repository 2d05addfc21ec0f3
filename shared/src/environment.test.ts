import { describe, expect, test } from 'vitest'
import { defaultOf, type Program, readEnvironment, settingOf, variableNames, variables } from './environment.ts'
import { type CodedError, explain } from './errors.ts'
import type { ReadFile } from './read-secret.ts'
import { reveal, Secret } from './secret.ts'

const files: Readonly<Record<string, string>> = {
  '/run/secrets/token': 'lls1.abc\n',
  '/run/secrets/empty': '\n',
  '/run/secrets/two-lines': 'abc\ndef\n',
}
const readFile: ReadFile = path => {
  const content = files[path]
  if (content === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
  return content
}
const read = (env: Record<string, string>, program?: Program) => readEnvironment(env, readFile, program)
const refused = (env: Record<string, string>): string => {
  try {
    read(env)
  } catch (error) {
    return explain(error as CodedError)
  }
  return 'accepted'
}

describe('the environment', () => {
  test('is typed where it was set and null where it was not', () => {
    const environment = read({
      LLMSTATUS_HEALTH_PORT: '9000',
      LLMSTATUS_CHAT_EVERY: '4s',
      LLMSTATUS_PUBLIC_READ: 'on',
      LLMSTATUS_USE: 'GITHUB_TOKEN, HF_TOKEN,',
      LLMSTATUS_TARGETS: 'ollama=http://10.1.2.3:11434,gpu=https://gpu.internal',
      LLMSTATUS_OUTBOUND_PRIVATE: '10.0.0.0/8,fd00::/8',
      LLMSTATUS_BUDGET_USD_PER_DAY: '0.25',
    })
    expect(environment.LLMSTATUS_HEALTH_PORT).toBe(9000)
    expect(environment.LLMSTATUS_CHAT_EVERY).toBe(4000)
    expect(environment.LLMSTATUS_PUBLIC_READ).toBe(true)
    expect(environment.LLMSTATUS_USE).toEqual(['GITHUB_TOKEN', 'HF_TOKEN'])
    expect(environment.LLMSTATUS_TARGETS).toEqual([
      { id: 'ollama', origin: 'http://10.1.2.3:11434' },
      { id: 'gpu', origin: 'https://gpu.internal' },
    ])
    expect(environment.LLMSTATUS_OUTBOUND_PRIVATE).toEqual(['10.0.0.0/8', 'fd00::/8'])
    expect(environment.LLMSTATUS_BUDGET_USD_PER_DAY).toBe(0.25)
    expect(environment.LLMSTATUS_NAME).toBeNull()
  })

  test('takes what is set but empty as not set', () => {
    expect(read({ LLMSTATUS_ENROL_TOKEN: '', LLMSTATUS_PORT: '' })).toEqual(read({}))
  })

  test('leaves names without the prefix alone', () => {
    expect(refused({ PATH: '/bin', HOME: '/root', LLM_STATUS: '1', OPENAI_API_KEY: 'sk' })).toBe('accepted')
  })

  test('takes every name of either program, whichever reads it', () => {
    const env = Object.fromEntries(variableNames.map(name => [name, '']))
    for (const program of ['prober', 'aggregator'] as const) expect(() => read(env, program)).not.toThrow()
  })

  test('does not open the other program’s secret files', () => {
    const env = { DATABASE_URL_FILE: '/run/secrets/only-for-the-aggregator' }
    expect(read(env, 'prober').DATABASE_URL).toBeNull()
    expect(() => read(env, 'aggregator')).toThrow('cannot read')
  })

  test('ignores what Kubernetes puts there for a Service called llmstatus', () => {
    const environment = read({
      LLMSTATUS_PORT: 'tcp://10.96.0.1:8420',
      LLMSTATUS_SERVICE_HOST: '10.96.0.1',
      LLMSTATUS_SERVICE_PORT: '8420',
      LLMSTATUS_SERVICE_PORT_HTTP: '8420',
      LLMSTATUS_PORT_8420_TCP: 'tcp://10.96.0.1:8420',
      LLMSTATUS_PORT_8420_TCP_ADDR: '10.96.0.1',
      LLMSTATUS_AGGREGATOR_PORT: 'tcp://10.96.0.1:8420',
    })
    expect(environment).toEqual(read({}))
  })

  test('cannot be changed once it is read', () => {
    expect(Object.isFrozen(read({}))).toBe(true)
  })
})

describe('a wrong name or value', () => {
  test.each([
    [{ LLMSTATUS_REGOIN: 'eu' }, 'LLMSTATUS_REGOIN: there is no such variable\n  → did you mean LLMSTATUS_REGION?'],
    [
      { LLMSTATUS_ENROLL_TOKEN: 'x' },
      'LLMSTATUS_ENROLL_TOKEN: there is no such variable\n  → did you mean LLMSTATUS_ENROL_TOKEN?',
    ],
    [
      { LLMSTATUS_DATABASE_URL: 'postgres://db' },
      'LLMSTATUS_DATABASE_URL: there is no such variable\n  → did you mean DATABASE_URL?',
    ],
    [
      { LLMSTATUS_NAME_FILE: '/etc/hostname' },
      'LLMSTATUS_NAME_FILE: LLMSTATUS_NAME is not a secret and is not read from a file\n  → set LLMSTATUS_NAME itself',
    ],
    [{ LLMSTATUS_PORT: '99999' }, 'LLMSTATUS_PORT: is not a port from 0 to 65535\n  → The port of that.'],
    [
      { LLMSTATUS_CHAT_EVERY: '5 min' },
      "LLMSTATUS_CHAT_EVERY: is not a duration such as 30s, 5m or 1h\n  → How often the suite's chat probes run.",
    ],
    [
      { LLMSTATUS_PUBLIC_READ: 'true' },
      'LLMSTATUS_PUBLIC_READ: is not one of on, off\n  → Whether status, providers, incidents and badges can be read without signing in.',
    ],
    [
      { LLMSTATUS_AGGREGATOR_URL: 'status.example.com' },
      'LLMSTATUS_AGGREGATOR_URL: is not a URL such as https://status.example.com\n  → Where results go. The enrolment token names it too, so this is for a changed address.',
    ],
    [
      { LLMSTATUS_AGGREGATOR_URL: 'https://user:hunter2@status.example.com' },
      'LLMSTATUS_AGGREGATOR_URL: holds a user, a password, a query or a fragment\n  → Where results go. The enrolment token names it too, so this is for a changed address.',
    ],
    [
      { LLMSTATUS_PROXY: 'proxy:3128' },
      'LLMSTATUS_PROXY: is not a URL such as http://proxy.internal:3128\n  → The HTTP proxy for public addresses, with its user and password where it wants them.',
    ],
    [
      { LLMSTATUS_TARGETS: 'gpu=http://10.0.0.1:8000,vllm' },
      'LLMSTATUS_TARGETS: entry 2: is not id=origin, such as vllm=http://10.1.2.3:8000\n  → Self-hosted servers to probe. The left side is the target’s id and its provider file.',
    ],
    [
      { LLMSTATUS_TARGETS: 'gpu=http://10.0.0.1:8000/v1' },
      'LLMSTATUS_TARGETS: entry 1: origin: is not an origin such as https://api.example.com\n  → Self-hosted servers to probe. The left side is the target’s id and its provider file.',
    ],
    [
      { LLMSTATUS_BUDGET_USD_PER_DAY: '$1' },
      'LLMSTATUS_BUDGET_USD_PER_DAY: is not a number such as 1.50\n  → What billed probes may cost in a day, all keys together.',
    ],
    [
      { LLMSTATUS_KEYLESS: 'all' },
      'LLMSTATUS_KEYLESS: is not one of none, major\n  → `major` probes the reachability of the major providers that have no key here.',
    ],
    [
      { DATABASE_URL: 'mysql://u:hunter2@db/x' },
      'DATABASE_URL: is not a URL such as postgres://user@host:5432/name\n  → A Postgres, 15 or newer, to use in place of the embedded one. Away from this machine it must speak TLS and prove its name, unless `?sslmode=` says `verify-ca`, `require` or `disable`; `&sslrootcert=` names a PEM file of authorities.',
    ],
    [
      { LLMSTATUS_OUTBOUND_PRIVATE: '10.0.0.0' },
      'LLMSTATUS_OUTBOUND_PRIVATE: entry 1: is not an address range such as 10.0.0.0/8\n  → Private ranges that webhooks, mail and feeds may reach.',
    ],
  ])('%o is explained', (env, message) => {
    expect(refused(env as Record<string, string>)).toBe(message)
  })

  test('far from all names lists what there is', () => {
    expect(refused({ LLMSTATUS_FROBNICATE: '1' })).toMatch(
      /no such variable\n {2}→ after LLMSTATUS_ come: AGGREGATOR_URL, /,
    )
  })
})

describe('a secret', () => {
  test('comes from its variable or from a file, without the last line break', () => {
    for (const env of [{ LLMSTATUS_ENROL_TOKEN: 'lls1.abc' }, { LLMSTATUS_ENROL_TOKEN_FILE: '/run/secrets/token' }]) {
      const token = read(env).LLMSTATUS_ENROL_TOKEN
      expect(token).toBeInstanceOf(Secret)
      expect(reveal(token as Secret)).toBe('lls1.abc')
    }
  })

  test.each([
    [
      { LLMSTATUS_ENROL_TOKEN: 'a', LLMSTATUS_ENROL_TOKEN_FILE: '/run/secrets/token' },
      'LLMSTATUS_ENROL_TOKEN and LLMSTATUS_ENROL_TOKEN_FILE are both set\n  → keep one of them',
    ],
    [
      { LLMSTATUS_ENROL_TOKEN_FILE: '/run/secrets/absent' },
      'LLMSTATUS_ENROL_TOKEN_FILE: cannot read /run/secrets/absent (ENOENT)\n  → there is no such file; is the secret mounted?',
    ],
    [{ DATABASE_URL_FILE: '/run/secrets/empty' }, 'DATABASE_URL_FILE: /run/secrets/empty is empty'],
    [
      { LLMSTATUS_ENROL_TOKEN_FILE: '/run/secrets/two-lines' },
      'LLMSTATUS_ENROL_TOKEN_FILE: /run/secrets/two-lines: holds a space, a line break or another character that no key has\n  → paste the key again, alone and on one line',
    ],
    [
      { LLMSTATUS_ENROL_TOKEN: 'abc\r\nx-evil: 1' },
      'LLMSTATUS_ENROL_TOKEN: holds a space, a line break or another character that no key has\n  → paste the key again, alone and on one line',
    ],
  ])('that cannot be had is explained: %o', (env, message) => {
    expect(refused(env as Record<string, string>)).toBe(message)
  })

  test('is said to be unreadable with its own code', () => {
    expect(() => read({ DATABASE_URL_FILE: '/run/secrets/absent' })).toThrow(
      expect.objectContaining({ code: 'secret_unreadable', exit: 2 }),
    )
  })
})

describe('the table', () => {
  test('has defaults that its own types accept', () => {
    for (const program of ['prober', 'aggregator'] as const)
      for (const name of variableNames) {
        const fallback = defaultOf(name, program)
        if (fallback !== null) expect(variables[name].type.schema.safeParse(fallback).success).toBe(true)
      }
  })

  test('gives what was set, else the program’s default', () => {
    const environment = read({ LLMSTATUS_PORT: '9999' })
    expect(settingOf(environment, 'aggregator', 'LLMSTATUS_PORT')).toBe(9999)
    expect(settingOf(environment, 'aggregator', 'LLMSTATUS_FEEDS')).toBe(true)
    expect(settingOf(environment, 'prober', 'LLMSTATUS_BUDGET_USD_PER_DAY')).toBe(1)
    expect(settingOf(environment, 'prober', 'LLMSTATUS_DATA_DIR')).toBe('/data')
    expect(settingOf(environment, 'aggregator', 'LLMSTATUS_DATA_DIR')).toBe('./data')
    expect(settingOf(environment, 'prober', 'LLMSTATUS_REGION')).toBeNull()
  })

  test('says of every variable what it means', () => {
    for (const name of variableNames) expect(variables[name].meaning).toMatch(/\.$/)
  })
})
