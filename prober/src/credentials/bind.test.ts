import { Secret } from '@llmstatus/shared/secret'
import { expect, test } from 'vitest'
import { bindCredential, type Grant } from './bind.ts'

const grant: Grant = {
  name: 'main',
  provider: 'acme',
  origin: 'https://api.acme.example',
  given: 'shipped',
  auth: { scheme: 'raw', header: 'x-api-key' },
  secret: new Secret('k-1'),
  headers: { 'acme-version': '1' },
  cidrs: [],
  ca: null,
  proxy: null,
}

test('a credential allows exactly what is going to be asked, once each', () => {
  const listing = { method: 'GET', path: '/v1/models' } as const
  const chat = { method: 'POST', path: '/v1/messages' } as const
  expect(bindCredential(grant, [listing, chat, listing]).allow).toEqual(['GET /v1/models', 'POST /v1/messages'])
  expect(bindCredential(grant, []).allow).toEqual([])
})

test('a private address is expected only where the origin was set', () => {
  expect(bindCredential(grant, []).net).toEqual({ private: false, cidrs: [] })
  const own: Grant = { ...grant, origin: 'http://10.0.0.1:8000', given: 'set', cidrs: ['10.0.0.0/24'] }
  expect(bindCredential(own, []).net).toEqual({ private: true, cidrs: ['10.0.0.0/24'] })
})

test('without a key, or where the provider takes none, there is no header to send', () => {
  expect(bindCredential({ ...grant, secret: null }, []).auth).toBeNull()
  expect(bindCredential({ ...grant, auth: { scheme: 'none', header: 'authorization' } }, []).auth).toBeNull()
})

test('a credential cannot be changed, and does not change with what it was made from', () => {
  const headers: { 'acme-version': string; host?: string } = { 'acme-version': '1' }
  const credential = bindCredential({ ...grant, headers: headers as Grant['headers'] }, [
    { method: 'GET', path: '/v1/models' },
  ])
  headers.host = 'evil.example'
  expect(credential.headers).toEqual({ 'acme-version': '1' })
  for (const part of [
    credential,
    credential.auth,
    credential.headers,
    credential.allow,
    credential.net,
    credential.net.cidrs,
  ])
    expect(Object.isFrozen(part)).toBe(true)
})

test('a credential does not print its key', () => {
  expect(JSON.stringify(bindCredential(grant, []))).not.toContain('k-1')
})

test('an origin that nobody checked stops the program', () => {
  expect(() => bindCredential({ ...grant, origin: 'http://api.acme.example' }, [])).toThrow('never checked')
  expect(() => bindCredential({ ...grant, origin: 'https://api.acme.example@evil.example' }, [])).toThrow(
    'never checked',
  )
})
