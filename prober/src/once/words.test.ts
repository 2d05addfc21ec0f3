import { outcomeCodes, outcomes } from '@llmstatus/shared/outcome'
import { describe, expect, test } from 'vitest'
import { keyName } from './key-name.ts'
import { chat, failed } from './testing/measured.ts'
import { tell } from './words.ts'

const key = () => 'ACME_API_KEY'
const told = ({ probe, line }: ReturnType<typeof chat>) => tell(probe, line, key)

describe('what is told about a result', () => {
  test.each(outcomeCodes.filter(outcome => outcome !== 'ok'))('%s begins with its word', outcome => {
    expect(told(failed('acme', outcome))?.reason).toMatch(new RegExp(`^${outcome}: [A-Z].*\\.$`))
  })

  test('is what to do where it is yours or this machine’s, and nothing where it is the provider’s', () => {
    for (const outcome of outcomeCodes.filter(each => each !== 'ok')) {
      const { blame } = outcomes[outcome]
      const remedy = told(failed('acme', outcome))?.remedy
      if (blame === 'provider') expect(remedy, outcome).toBeNull()
      else expect(remedy, outcome).toMatch(/^[A-Z].{20,}\.$/)
    }
  })

  test('is nothing where all is well', () => {
    expect(told(chat('acme'))).toBeNull()
  })

  test('names the deadline that passed', () => {
    const late = (operation: 'first_byte' | 'first_token' | 'stall' | 'total') =>
      told(failed('acme', 'timeout', { operation, errno: 'ETIMEDOUT', http_status: null }))?.reason
    expect(late('first_byte')).toBe('timeout: No byte within 30 s.')
    expect(late('first_token')).toBe('timeout: No token within 30 s.')
    expect(late('stall')).toBe('timeout: It began to answer, and then nothing came any more.')
    expect(late('total')).toBe('timeout: No end within 30 s.')
  })

  test('looks at this side first where nothing was ever reached', () => {
    const line = { signal: 'never_reached', errno: 'ECONNREFUSED', http_status: null } as const
    expect(told(failed('acme', 'connect_failed', line))).toEqual({
      reason: 'connect_failed: No connection. (ECONNREFUSED)',
      remedy: 'Nothing here ever reached https://api.acme.example: look at DNS, firewall and proxy on this side first.',
    })
  })

  test('names the proxy that is in the way', () => {
    const line = { signal: 'proxy_failed', errno: 'PROXY_407', operation: 'proxy', http_status: null } as const
    const { probe, line: failing } = failed('acme', 'connect_failed', line)
    const proxy = { origin: 'http://proxy.corp:3128', secret: null, ca: null }
    expect(tell({ ...probe, credential: { ...probe.credential, proxy } }, failing, key)).toEqual({
      reason: 'connect_failed: No connection. (PROXY_407)',
      remedy:
        'The proxy http://proxy.corp:3128 did not let it through: is it there, is its password right, and may https://api.acme.example be reached through it?',
    })
  })

  test('says where tokens are, where one was missing', () => {
    const line = { signal: 'token_rejected', errno: 'TOKEN_400', operation: 'first_byte', http_status: null } as const
    expect(told(failed('acme', 'auth_rejected', line))?.reason).toContain('(token_rejected, TOKEN_400)')
    const { probe, line: failing } = failed('acme', 'connect_failed', {
      signal: 'never_reached',
      errno: 'ECONNREFUSED',
    })
    const exchange = { origin: 'https://iam.acme.example' } as never
    const auth = { header: 'authorization', scheme: 'bearer', secret: {} as never, exchange } as const
    expect(tell({ ...probe, credential: { ...probe.credential, auth } }, failing, key)?.remedy).toContain(
      'ever reached https://iam.acme.example or https://api.acme.example:',
    )
  })

  test('says that nothing was warm, and where to change that', () => {
    const line = { signal: 'not_kept', errno: 'ECANCELED', operation: 'send', http_status: null } as const
    expect(told(failed('acme', 'unclassified', line))).toEqual({
      reason: 'unclassified: The connection did not stay open after its first answer. (ECANCELED)',
      remedy:
        'https://api.acme.example keeps no connection open, so none can be warm: take `connection: warm` out of the definition.',
    })
  })

  test('asks for a key where none was sent', () => {
    const { probe, line } = failed('acme', 'auth_rejected', { http_status: 401 })
    const keyless = { ...probe, credential: { ...probe.credential, auth: null } }
    expect(tell(keyless, line, key)?.remedy).toBe('acme wants a key, in ACME_API_KEY.')
  })

  test('never repeats what the outcome says already', () => {
    expect(told(failed('acme', 'truncated', { signal: 'no_end' }))?.reason).not.toContain('no_end')
    expect(told(failed('acme', 'overloaded', { signal: 'overloaded' }))?.reason).not.toContain('(')
    expect(
      told(failed('acme', 'quota_exhausted', { signal: 'insufficient_quota', http_status: 429 }))?.reason,
    ).toContain('(HTTP\u00a0429, insufficient_quota)')
  })
})

describe('the place of a key', () => {
  const { probe } = chat('acme')
  const file = (env: readonly string[]) => ({ env }) as unknown as Parameters<typeof keyName>[1]

  test('is its variable, one of several, or prober.yaml', () => {
    expect(keyName(probe, file(['ACME_API_KEY']))).toBe('ACME_API_KEY')
    expect(keyName(probe, file(['A', 'B', 'C']))).toBe('A, B or C')
    expect(keyName(probe, undefined)).toBe('the secret of acme in prober.yaml')
    const listed = { ...probe, credential: { ...probe.credential, name: 'main' } }
    expect(keyName(listed, file(['ACME_API_KEY']))).toBe('the secret of main in prober.yaml')
  })
})
