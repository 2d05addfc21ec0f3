import { z } from 'zod'
import { canonical, ModelId, Slug, sha256 } from './ids.ts'
import { PathTemplate } from './provider-file.ts'
import { Sla } from './result.ts'

/**
 * The probe definition, built in or custom; its format is public. It names a provider or a local target by id, and a
 * relative path at most: it cannot name a host, a header, a proxy, an environment variable or a file.
 */

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

const notADuration = 'is not a duration such as 30s, 5m or 1h'

/** `250ms`, `4s`, `5m`, `1h`. */
export const Duration = z
  .string(notADuration)
  .regex(/^\d{1,6}(ms|s|m|h)$/, notADuration)
  .transform(text => {
    const [, amount, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? []
    return Number(amount) * units[unit as keyof typeof units]
  })

/** How often something runs. The bounds are those of a definition line. */
export const Cadence = Duration.refine(ms => ms >= 100 && ms <= 86_400_000, 'is not between 100ms and 24h')

const Message = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string().min(1).max(32_768),
})

export const ChatRequest = z.strictObject({
  system: z.string().max(32_768).optional(),
  messages: z.array(Message).min(1).max(32),
})
export const HttpRequest = z.strictObject({ method: z.enum(['GET', 'HEAD']), path: PathTemplate })

export const Expected = z.strictObject({
  response_contains: z.string().min(1).max(1024).optional(),
  response_not_contains: z.string().min(1).max(1024).optional(),
  response_matches: z.string().min(1).max(256).optional(),
  json_schema: z.record(z.string(), z.unknown()).optional(),
  min_tokens: z.int().min(0).optional(),
  max_tokens: z.int().min(1).max(4096).optional(),
  status: z.int().min(100).max(599).optional(),
  body_contains: z.string().min(1).max(1024).optional(),
  models_contain: ModelId.optional(),
  certificate_days: z.int().min(1).max(365).optional(),
})
export type Expected = z.infer<typeof Expected>

export const definableTypes = ['reachability', 'chat', 'embeddings', 'http', 'tcp'] as const

const requested: ReadonlySet<string> = new Set(['chat', 'embeddings', 'http'])

/** An expectation that nothing checks would look like a check that passes. */
const expectable: Readonly<Record<keyof Expected, readonly string[]>> = {
  response_contains: ['chat'],
  response_not_contains: ['chat'],
  response_matches: ['chat'],
  json_schema: ['chat'],
  min_tokens: ['chat'],
  max_tokens: ['chat'],
  status: ['reachability', 'http'],
  body_contains: ['http'],
  models_contain: ['reachability'],
  certificate_days: ['reachability', 'http', 'tcp'],
}

/** warm: a connection that has carried an answer already. Numbers of the two are not to be compared, so they are two series. */
export const Connection = z.enum(['cold', 'warm'])

const Fields = z.strictObject({
  provider: Slug,
  model: ModelId.optional(),
  /** Which way a chat is asked, where the provider's file has more than one. */
  dialect: Slug.optional(),
  probe_type: z.enum(definableTypes),
  name: Slug.optional(),
  request: z.union([ChatRequest, HttpRequest]).optional(),
  expected: Expected.optional(),
  timeout_ms: z.int().min(100).max(600_000).optional(),
  every: Cadence.optional(),
  stream: z.boolean().optional(),
  connection: Connection.optional(),
  sla: Sla.optional(),
  metrics: z.array(z.enum(['ttfb_ms', 'total_ms', 'tokens_output', 'tokens_per_s', 'cost_usd'])).optional(),
})

/** Names of what the prober measures of itself. */
const own: ReadonlySet<string> = new Set(['reference', 'control'])

interface Contradiction {
  readonly path: readonly string[]
  readonly message: string
}

const contradictions = (def: z.infer<typeof Fields>): readonly Contradiction[] => {
  const { probe_type: type, request, expected = {} } = def
  const isWarm = def.connection === 'warm'
  const asks = request !== undefined && ('messages' in request ? 'messages' : 'path')
  const rules: readonly (readonly [boolean, string, string])[] = [
    [def.model === undefined && (type === 'chat' || type === 'embeddings'), 'model', `a ${type} probe names its model`],
    [type === 'chat' && asks !== 'messages', 'request', 'a chat probe has request.messages'],
    [type === 'http' && asks !== 'path', 'request', 'an http probe has request.method and request.path'],
    [type === 'embeddings' && asks === 'path', 'request', 'an embeddings probe has request.messages'],
    [request !== undefined && !requested.has(type), 'request', `a ${type} probe asks nothing`],
    [def.dialect !== undefined && type !== 'chat', 'dialect', `a ${type} probe is asked in one way`],
    [def.name !== undefined && own.has(def.name), 'name', "is the prober's own"],
    [
      isWarm && (def.name ?? type) === type,
      'name',
      'a probe of warm connections is another series, and has another name',
    ],
    [isWarm && type === 'tcp', 'connection', 'a tcp probe is a connection and nothing else'],
    [def.stream !== undefined && type !== 'chat', 'stream', 'only a chat probe streams'],
  ]
  const unchecked = Object.keys(expected).filter(key => !expectable[key as keyof Expected].includes(type))
  return [
    ...rules.filter(([broken]) => broken).map(([, key, message]) => ({ path: [key], message })),
    ...unchecked.map(key => ({ path: ['expected', key], message: `a ${type} probe cannot check this` })),
  ]
}

export const ProbeDefinition = Fields.superRefine((def, context) => {
  for (const { path, message } of contradictions(def)) context.addIssue({ code: 'custom', path: [...path], message })
})
export type ProbeDefinition = z.infer<typeof ProbeDefinition>

/** The name a result carries: the definition's own, else the suites' name for its type. */
export const probeName = (def: Pick<ProbeDefinition, 'name' | 'probe_type'>): string => def.name ?? def.probe_type

/** What `def` in a result stands for: everything that was asked, so that a changed question is another series. */
export const definitionDigest = (parts: unknown): string => sha256(canonical(parts))
