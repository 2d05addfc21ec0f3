import { describe, expect, it } from 'vitest'
import { aggregatorEnvironment, proberEnvironment } from './environment.ts'

const env = {
  PATH: '/usr/bin',
  OPENAI_API_KEY: 'a key',
  SOME_NEW_PROVIDER_API_KEY: 'a key nobody here knows',
  LLMSTATUS_ENROL_TOKEN: 'a token',
  LLMSTATUS_PORT: '9000',
  LLMSTATUS_LOG_LEVEL: 'warn',
  LLMSTATUS_KEYLESS: 'none',
  LLMSTATUS_CONFIG: 'prober.yaml',
  DATABASE_URL: 'postgres://user:password@db/name',
  DATABASE_URL_FILE: '/run/secrets/database',
}

describe('who sees what', () => {
  it('the aggregator sees its own settings and the machine, and no key, known or not', () => {
    expect(aggregatorEnvironment(env)).toEqual({
      PATH: '/usr/bin',
      LLMSTATUS_PORT: '9000',
      LLMSTATUS_LOG_LEVEL: 'warn',
      DATABASE_URL: 'postgres://user:password@db/name',
      DATABASE_URL_FILE: '/run/secrets/database',
    })
  })

  it("the prober sees the keys and everything else but the aggregator's secrets", () => {
    const { DATABASE_URL: _url, DATABASE_URL_FILE: _file, ...rest } = env
    expect(proberEnvironment(env)).toEqual(rest)
  })
})
