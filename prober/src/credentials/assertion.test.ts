import { createPrivateKey, generateKeyPairSync, type JsonWebKey, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { JWT } from 'google-auth-library'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { assertionOf, readAccount, signedRs256 } from './assertion.ts'

interface Published {
  readonly jwk: JsonWebKey
  readonly header: string
  readonly payload: string
  readonly jws: string
}

test('RFC 7515, A.2: the published key gives the published signature', () => {
  const { jwk, header, payload, jws } = JSON.parse(
    readFileSync(new URL('testdata/rfc7515-a2.json', import.meta.url), 'utf8'),
  ) as Published
  expect(signedRs256(header, payload, createPrivateKey({ key: jwk, format: 'jwk' }))).toBe(jws)
})

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const file = (more: object = {}) =>
  JSON.stringify({
    type: 'service_account',
    project_id: 'p-1',
    private_key_id: 'k-1',
    private_key: pem,
    client_email: 'prober@p-1.iam.gserviceaccount.com',
    token_uri: 'https://evil.example/token',
    ...more,
  })

const account = (text: string) => {
  const read = readAccount(text)
  if (!read.ok) throw new Error(read.what)
  return read.account
}
/** Every one of them signs twice with 2048 bits. */
const long = process.env.TEST_LONG === '1'
const audience = 'https://oauth2.googleapis.com/token'

describe('beside Google’s own library', () => {
  beforeAll(() => {
    vi.useFakeTimers({ toFake: ['Date'] })
  })
  afterAll(() => {
    vi.useRealTimers()
  })

  /** What the library would post, without anybody to post it to. */
  const theirs = async (email: string, scope: string): Promise<URLSearchParams> => {
    let posted = ''
    const client = new JWT({ email, key: pem, scopes: [scope] })
    const transporter = {
      request: async ({ data }: { readonly data: unknown }) => {
        posted = String(data)
        return { data: { access_token: 't', expires_in: 3599, token_type: 'Bearer' } }
      },
    }
    Object.assign(client, { transporter })
    await client.authorize()
    return new URLSearchParams(posted)
  }

  test('random assertions claim the same, and differ by the key’s id alone', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.emailAddress(),
        fc.webUrl(),
        fc.integer({ min: 0, max: 4_000_000_000 }),
        async (email, scope, seconds) => {
          vi.setSystemTime(seconds * 1000)
          const assertion = (await theirs(email, scope)).get('assertion') ?? ''
          const [header = '', payload = ''] = assertion
            .split('.')
            .map(part => Buffer.from(part, 'base64url').toString())
          const ours = assertionOf(
            { ...account(file({ private_key_id: undefined })), email },
            { audience, scope, nowMs: seconds * 1000 },
          )
          expect(Buffer.from(ours.split('.')[1] ?? '', 'base64url').toString()).toBe(payload)
          expect(signedRs256(header, payload, privateKey)).toBe(assertion)
        },
      ),
      { numRuns: long ? 1_000 : 60 },
    )
  })
})

test('an assertion is for its audience alone, names its key, and ends after an hour', () => {
  const jws = assertionOf(account(file()), { audience, scope: 's', nowMs: 1_700_000_000_999 })
  const [header = '', payload = '', signature = ''] = jws.split('.')
  const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
  expect(read(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k-1' })
  expect(read(payload)).toEqual({
    iss: 'prober@p-1.iam.gserviceaccount.com',
    scope: 's',
    aud: audience,
    iat: 1_700_000_000,
    exp: 1_700_003_600,
  })
  const signed = Buffer.from(`${header}.${payload}`)
  expect(verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url'))).toBe(true)
})

describe('what is no service account is said, without a word of it', () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  const curve = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
  test.each([
    ['an API key', 'AIzaSy-not-a-file', 'is no JSON'],
    ['the credentials of a person', file({ type: 'authorized_user' }), 'is not the key file of a service account'],
    ['a list', '[]', 'is not the key file of a service account'],
    ['a key that is no key', file({ private_key: 'x' }), 'holds no RSA key of 2048 bits or more'],
    ['a short key', file({ private_key: weak }), 'holds no RSA key of 2048 bits or more'],
    ['a key of another kind', file({ private_key: curve }), 'holds no RSA key of 2048 bits or more'],
    ['nobody', file({ client_email: undefined }), 'is not the key file of a service account'],
  ])('%s', (_what, text, what) => {
    expect(readAccount(text)).toEqual({ ok: false, what })
  })
})
