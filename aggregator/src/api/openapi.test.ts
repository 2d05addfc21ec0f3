import fastify, { type FastifyInstance } from 'fastify'
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { Db } from '../db/schema.ts'
import { defaultPolicy } from '../judge/policy.ts'
import { registerApi } from './routes.ts'

/** Compiles queries and answers none: nothing here asks one. */
const db = new Kysely<Db>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: inner => new PostgresIntrospector(inner),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

const registered: { method: string; url: string }[] = []
const app = fastify() as unknown as FastifyInstance
app.addHook('onRoute', ({ method, url }) => {
  if (method !== 'HEAD') registered.push({ method: String(method), url })
})
registerApi(app, {
  db,
  clock: { nowMs: () => 0 },
  policy: defaultPolicy,
  providers: new Map(),
  version: '1.2.3',
  page: null,
  config: { publicRead: false, publicUrl: null },
})
const document = async () => JSON.parse((await app.inject('/openapi.json')).body)

/** Every value under a key, however deep. */
const under = (value: unknown, key: string): readonly unknown[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...under(inner, key)])

describe('/openapi.json', () => {
  it('is OpenAPI 3.1 of this version', async () => {
    expect(await document()).toMatchObject({ openapi: '3.1.1', info: { title: 'LLM Status', version: '1.2.3' } })
  })

  it('describes every route that is registered here, and the doors of probers', async () => {
    const { paths } = await document()
    for (const { method, url } of registered.filter(route => route.url !== '/'))
      expect(
        paths[url.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{model}')]?.[method.toLowerCase()],
        `${method} ${url}`,
      ).toBeDefined()
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/api/v1/batches', '/api/v1/enrol', '/healthz', '/readyz']),
    )
  })

  it('refers to nothing that is not there, and gives each operation its own id', async () => {
    const whole = await document()
    const names = Object.keys(whole.components.schemas).map(name => `#/components/schemas/${name}`)
    expect(under(whole, '$ref').filter(ref => !names.includes(String(ref)))).toEqual([])
    const ids = under(whole.paths, 'operationId')
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('says of a parameter what it may be', async () => {
    const { paths } = await document()
    expect(paths['/api/v1/incidents'].get.parameters).toEqual([
      {
        name: 'state',
        in: 'query',
        required: false,
        description: 'Only those that are open, or that are over',
        schema: { type: 'string', enum: ['open', 'resolved'] },
      },
      {
        name: 'limit',
        in: 'query',
        required: false,
        description: 'At most so many',
        schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 },
      },
    ])
    expect(paths['/api/v1/incidents/{id}'].get.parameters).toEqual([
      { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
    ])
  })

  it('has the closed lists in its schemas', async () => {
    const { components } = await document()
    const provider = components.schemas.Status.properties.providers.items.properties
    expect(provider.state.enum).toHaveLength(8)
    expect(provider.reason.enum).toContain('server_error')
    expect(provider.reason.enum).toContain('no_results')
  })
})
