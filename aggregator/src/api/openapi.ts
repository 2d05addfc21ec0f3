import { z } from 'zod'
import { type ProblemCode, problems } from './problem.ts'
import type { Answers, Operation } from './route.ts'

/**
 * OpenAPI 3.1 from the records that the routes are made of. By hand, because there is little to do: zod writes JSON
 * Schema 2020-12, which is what OpenAPI 3.1 takes, and a plugin for fastify would first translate it to draft 7 and back.
 */

export interface Documented {
  readonly version: string
  /** By operation: what was answered to its example. A test asks again and compares. */
  readonly examples: Readonly<Record<string, unknown>>
  readonly operations: readonly Operation[]
  /** By the name that the operations use. */
  readonly schemas: Readonly<Record<string, z.ZodType>>
}

export const openApiOf = ({ version, operations, schemas, examples }: Documented) => ({
  openapi: '3.1.1',
  info: {
    title: 'LLM Status',
    version,
    description:
      'What is up, slow or failing, why, and whose problem it is. Times are RFC 3339 in UTC; null is not measured.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/' }],
  paths: Object.fromEntries(
    [...Map.groupBy(operations, one => one.path)].map(([path, group]) => [
      path,
      Object.fromEntries(group.map(one => [one.method.toLowerCase(), operationOf(one, examples)])),
    ]),
  ),
  components: { schemas: { ...componentsOf({ ...schemas, Problem }) } },
})

const Problem = z
  .looseObject({
    type: z.string().describe('urn:llmstatus:problem:<code>'),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
    detail: z.string().optional(),
    field: z.string().optional().describe('The part of the request that is wrong'),
  })
  .describe('RFC 9457')

const refTo = (name: string): string => `#/components/schemas/${name}`

const componentsOf = (schemas: Readonly<Record<string, z.ZodType>>): Readonly<Record<string, unknown>> => {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id })
  const written = z.toJSONSchema(registry, { uri: refTo, override: plain }).schemas
  return Object.fromEntries(
    Object.entries(written).map(([id, { $id: _id, $schema: _schema, ...schema }]) => [id, schema]),
  )
}

/** The format says it; the pattern behind it says the same in 300 characters. The largest safe integer is no limit. */
const plain = ({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void => {
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
}

const operationOf = (one: Operation, examples: Documented['examples']) => {
  const id = operationId(one)
  return {
    tags: [one.tag],
    summary: one.summary,
    operationId: id,
    ...(one.example === undefined ? {} : { 'x-example-request': one.example }),
    ...parametersOf(one),
    responses: { ...successes(one, examples[id]), ...failures(one.problems) },
  }
}

/** get_api_v1_incidents_id */
const operationId = ({ method, path }: Operation): string =>
  `${method.toLowerCase()}${path.replaceAll(/[^a-z0-9]+/gi, '_')}`.replace(/_$/, '')

const parametersOf = (one: Operation): { readonly parameters?: readonly object[] } => {
  const parameters = [...parametersIn('path', one.inPath), ...parametersIn('query', one.inQuery)]
  return parameters.length === 0 ? {} : { parameters }
}

const parametersIn = (where: 'path' | 'query', schema: z.ZodObject | undefined): readonly object[] =>
  Object.entries(schema?.shape ?? {}).map(([name, part]) => {
    const { $schema: _, description, ...written } = z.toJSONSchema(part as z.ZodType, { override: plain })
    const isRequired = where === 'path' || !(part as z.ZodType).safeParse(undefined).success
    return {
      name,
      in: where,
      required: isRequired,
      ...(description === undefined ? {} : { description }),
      schema: written,
    }
  })

const successes = ({ answers }: Operation, example: unknown): object =>
  Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      successOf(answer, status === '200' ? example : undefined),
    ]),
  )

const successOf = ({ description, schema, type }: Answers, example: unknown): object => {
  const media = {
    ...(schema === null ? {} : { schema: { $ref: refTo(schema) } }),
    ...(example === undefined ? {} : { example }),
  }
  return { description, content: { [type ?? 'application/json']: media } }
}

const failures = (codes: readonly ProblemCode[]): object =>
  Object.fromEntries(
    [...Map.groupBy(codes, code => problems[code].status)].map(([status, group]) => [
      status,
      {
        description: group.map(code => `${code}: ${problems[code].title}`).join(' '),
        content: { 'application/problem+json': { schema: { $ref: refTo('Problem') } } },
      },
    ]),
  )
