import { explain } from '@llmstatus/shared/errors'
import { describe, expect, test } from 'vitest'
import { refuseUnsafe, type StartedAs } from './refuse-unsafe.ts'

const verdict = (started: Partial<StartedAs>): string => {
  try {
    refuseUnsafe({ env: {}, flags: [], ...started })
    return 'starts'
  } catch (error) {
    expect(error).toMatchObject({ code: 'egress_unsafe', exit: 2 })
    return explain(error as never)
  }
}

describe('a process that could hand its keys to somebody does not start', () => {
  test.each<[what: string, started: Partial<StartedAs>, says: string]>([
    ['without verification', { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } }, 'LLMSTATUS_CA_FILE'],
    ['with a proxy of its surroundings', { env: { NODE_USE_ENV_PROXY: '1' } }, 'LLMSTATUS_PROXY'],
    ['with a proxy by a flag', { flags: ['--use-env-proxy'] }, '--use-env-proxy'],
    [
      'with a proxy by an option',
      { env: { NODE_OPTIONS: '--max-old-space-size=64 --use-env-proxy' } },
      'LLMSTATUS_PROXY',
    ],
    ['with another spelling of that', { env: { NODE_OPTIONS: '--use_env_proxy=true' } }, 'LLMSTATUS_PROXY'],
    ['with a log of keys', { flags: ['--tls-keylog=/tmp/x'] }, '--tls-keylog'],
    ['with a log of keys in quotes', { env: { NODE_OPTIONS: '"--tls-keylog=/tmp/x y"' } }, '--tls-keylog'],
    ['with a trace', { flags: ['--trace-tls'] }, '--trace-tls'],
    ['with a lenient parser', { flags: ['--insecure-http-parser'] }, '--insecure-http-parser'],
    ['with the debugging of HTTP', { env: { NODE_DEBUG: 'http' } }, 'NODE_DEBUG'],
  ])('%s', (_what, started, says) => {
    expect(verdict(started)).toContain(says)
  })

  test.each<[what: string, started: Partial<StartedAs>]>([
    ['as it comes', {}],
    ['with verification', { env: { NODE_TLS_REJECT_UNAUTHORIZED: '1', NODE_USE_ENV_PROXY: '0', NODE_DEBUG: '' } }],
    [
      'with other flags',
      { flags: ['--permission', '--max-old-space-size=64'], env: { NODE_OPTIONS: '--no-use-env-proxy' } },
    ],
  ])('%s it starts', (_what, started) => {
    expect(verdict(started)).toBe('starts')
  })
})
