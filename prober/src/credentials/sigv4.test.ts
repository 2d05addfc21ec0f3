import { createHash, createHmac, type Hmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalRequest, type SigningKey, signingKey, signV4, type ToSign } from './sigv4.ts'

interface Vector {
  readonly name: string
  readonly key: SigningKey
  readonly at: string
  readonly request: ToSign
  readonly canonical_sha256?: string
  readonly signing_key?: string
  readonly authorization: string
}

const vectors = JSON.parse(readFileSync(new URL('testdata/sigv4.json', import.meta.url), 'utf8')) as readonly Vector[]

describe('as published by AWS', () => {
  test.each(vectors)('$name', vector => {
    const { key, request, at } = vector
    const nowMs = Date.parse(at)
    const added = signV4(request, key, nowMs)
    expect(added).toMatchObject({ 'x-amz-date': at.replace(/[-:]/g, ''), authorization: vector.authorization })
    const { authorization: _said, ...more } = added
    const canonical = canonicalRequest({ ...request, headers: { ...request.headers, ...more } })
    if (vector.canonical_sha256 !== undefined)
      expect(createHash('sha256').update(canonical).digest('hex')).toBe(vector.canonical_sha256)
    const scope = [at.slice(0, 10).replaceAll('-', ''), key.region, key.service, 'aws4_request']
    if (vector.signing_key !== undefined) expect(signingKey(key.secret, scope).toString('hex')).toBe(vector.signing_key)
  })
})

/** What the library wants for its hash. */
class Sha256 {
  readonly #hash: Hmac | ReturnType<typeof createHash>
  constructor(key?: unknown) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key as Uint8Array)
  }
  update(data: Uint8Array | string): void {
    this.#hash.update(data)
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }
  reset(): void {}
}

const word = fc.stringMatching(/^[A-Za-z0-9._~ :/+=@!'()*é-]{1,12}$/)
const anyRequest = fc.record({
  method: fc.constantFrom('GET', 'POST', 'HEAD'),
  segments: fc.array(word, { minLength: 1, maxLength: 4 }).filter(parts => !parts.some(part => /^\.{1,2}$/.test(part))),
  query: fc.dictionary(word, word, { maxKeys: 4 }),
  headers: fc.dictionary(
    fc.stringMatching(/^x-[a-z0-9]{1,8}$/).filter(name => !name.startsWith('x-amz')),
    fc.stringMatching(/^[A-Za-z0-9]{1,8}( {1,3}[A-Za-z0-9]{1,8})?$/),
    { maxKeys: 3 },
  ),
  body: fc.string({ maxLength: 60, unit: 'grapheme' }),
})
const anyKey = fc.record({
  id: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
  secret: fc.stringMatching(/^[A-Za-z0-9+/]{40}$/),
  session: fc.option(fc.stringMatching(/^[A-Za-z0-9+/=]{20,60}$/)),
  service: fc.constantFrom('bedrock', 'iam', 'service'),
  region: fc.constantFrom('us-east-1', 'eu-central-1', 'ap-southeast-2'),
})

test('a thousand random requests are signed as the SDK’s own library signs them', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyRequest,
      anyKey,
      fc.date({ min: new Date(0), max: new Date('2099-01-01'), noInvalidDate: true }),
      async (asked, key, at) => {
        const path = `/${asked.segments.map(encodeURIComponent).join('/')}`
        const pairs = Object.entries(asked.query)
        const query = pairs.map(pair => pair.map(encodeURIComponent).join('=')).join('&')
        const headers = {
          ...asked.headers,
          host: 'bedrock-runtime.us-east-1.amazonaws.com',
          'content-type': 'application/json',
        }
        const request = {
          method: asked.method,
          path: query === '' ? path : `${path}?${query}`,
          headers,
          body: asked.body,
        }
        const { id: accessKeyId, secret: secretAccessKey, session, ...scope } = key
        const library = new SignatureV4({
          ...scope,
          credentials: { accessKeyId, secretAccessKey, ...(session === null ? {} : { sessionToken: session }) },
          sha256: Sha256,
          applyChecksum: false,
        })
        const signed = await library.sign(
          {
            method: asked.method,
            protocol: 'https:',
            hostname: headers.host,
            path,
            query: asked.query,
            headers,
            body: asked.body,
          },
          { signingDate: at },
        )
        expect({ ...headers, ...signV4(request, key, at.getTime()) }).toEqual(signed.headers)
      },
    ),
    { numRuns: 1_000 },
  )
})

test('a header that changes, a path, a body or a second breaks the signature', () => {
  const [one] = vectors
  if (one === undefined) throw new Error('no vector')
  const signatures = [
    signV4(one.request, one.key, 0),
    signV4(one.request, one.key, 1000),
    signV4({ ...one.request, body: 'x' }, one.key, 0),
    signV4({ ...one.request, path: '/x' }, one.key, 0),
    signV4({ ...one.request, headers: { ...one.request.headers, host: 'x' } }, one.key, 0),
    signV4(one.request, { ...one.key, session: 's' }, 0),
  ].map(({ authorization }) => authorization)
  expect(new Set(signatures).size).toBe(signatures.length)
})
