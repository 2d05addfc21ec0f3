import { describe, expect, test } from 'vitest'
import { OriginTemplate, PathTemplate, ProviderFile } from './provider-file.ts'
import { schemaProblems } from './schema-problems.ts'

const acme = {
  id: 'acme',
  name: 'Acme',
  kind: 'hosted',
  origin: 'https://api.acme.example',
  auth: { scheme: 'bearer', header: 'authorization' },
  env: ['ACME_API_KEY'],
  reachability: { method: 'GET', path: '/v1/models', keyless: true },
  chat: { path: '/v1/chat/completions', dialect: 'openai' },
  models: [],
  unverified: [],
}
const problem = (changed: object): string | undefined => {
  const { error } = ProviderFile.safeParse({ ...acme, ...changed })
  return error === undefined ? undefined : schemaProblems(ProviderFile, error)[0]?.what
}

describe('a provider file', () => {
  test('needs no more than this', () => {
    expect(ProviderFile.parse(acme)).toEqual(acme)
  })

  test('cannot be called as the prober calls its own reference', () => {
    expect(problem({ id: 'reference' })).toBe('is the name of the built-in reference')
  })

  test.each([
    'host',
    'authorization',
    'proxy-authorization',
    'cookie',
    'connection',
    'content-length',
    'transfer-encoding',
  ])('cannot fix the header %s', header => {
    expect(problem({ headers: { [header]: 'x' } })).toBe('is not a header that a provider file may set')
  })

  test.each(['host', 'proxy-authorization', 'cookie', 'content-length', 'content-type', 'transfer-encoding', 'accept'])(
    'cannot have the key stand in the header %s',
    header => {
      expect(problem({ auth: { scheme: 'raw', header } })).toBe('is not a header that a key may stand in')
    },
  )

  test('cannot put a line break into a header', () => {
    expect(problem({ headers: { 'acme-version': '1\r\nhost: evil.example' } })).toBe('is not plain text of one line')
  })

  test('chats with its default, so that is no model for embeddings', () => {
    const embeddings = { path: '/v1/embeddings', dialect: 'openai-embeddings' }
    const model = { id: 'embed-1', dialect: 'openai-embeddings' }
    expect(problem({ embeddings, models: [model] })).toBeUndefined()
    expect(problem({ embeddings, models: [{ ...model, default: true }] })).toBe(
      'is a model for embeddings, and the default is chatted with',
    )
  })

  test('that only embeds has no chat, and nothing to chat with', () => {
    const embeddings = { path: '/v1/embeddings', dialect: 'openai-embeddings' }
    const models = [{ id: 'embed-1', dialect: 'openai-embeddings' }]
    expect(problem({ chat: undefined, embeddings, models })).toBeUndefined()
    expect(problem({ chat: undefined })).toBe('has neither a chat nor embeddings')
    expect(problem({ chat: undefined, embeddings, models: [{ id: 'm', default: true }] })).toBe(
      'is chatted with, and there is no chat',
    )
  })

  test('has one road for a dialect, and no model that none of them leads to', () => {
    const also = [{ path: '/v1/responses', dialect: 'openai-responses' }]
    const chat = { ...acme.chat, also }
    expect(problem({ chat, models: [{ id: 'm', dialect: 'openai-responses' }] })).toBeUndefined()
    expect(problem({ chat: { ...acme.chat, also: [acme.chat] } })).toBe('is that of another road')
    expect(problem({ models: [{ id: 'm', dialect: 'openai-responses' }] })).toBe(
      'is not one that is spoken here: openai',
    )
  })

  test('may fix a header of its own', () => {
    expect(problem({ headers: { 'acme-version': '2023-06-01' } })).toBeUndefined()
  })
})

describe('a path', () => {
  test.each(['/v1/models', '/models/{model}:generate', '/a?alt=sse&b=1', '/{ACCOUNT}/x', '/..a/b..'])(
    '%s is one',
    path => {
      expect(PathTemplate.safeParse(path).success).toBe(true)
    },
  )

  test.each([
    'v1/models',
    '//evil.example',
    '/\\evil.example',
    '/a/../b',
    '/a/..',
    '/%2e%2e/b',
    '/%2E./b',
    '/.%2e',
    '/a?x=/../',
    '/a b',
    '/a\r\nx-evil: 1',
    '/a#b',
    'https://evil.example/',
    '@evil.example',
    '',
  ])('%j is none', path => {
    expect(PathTemplate.safeParse(path).success).toBe(false)
  })
})

describe('an origin', () => {
  test.each([
    'https://api.acme.example',
    'http://10.0.0.1:8000',
    'http://[fd00::1]:80',
    'https://{RESOURCE}.acme.example',
  ])('%s is one', origin => {
    expect(OriginTemplate.safeParse(origin).success).toBe(true)
  })

  test.each(['api.acme.example', 'https://a/b', 'https://a@b', 'https://a?b', 'ftp://a', 'https://a b', 'https://a\n'])(
    '%j is none',
    origin => {
      expect(OriginTemplate.safeParse(origin).success).toBe(false)
    },
  )
})
