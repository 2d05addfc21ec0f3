import { z } from 'zod'
import { ModelId, Slug } from './ids.ts'

/**
 * One provider is one file, probe-definitions/providers/<id>.yaml. Where a key may go (origin, header, paths) stands
 * here and in the prober's local configuration, and nowhere else.
 */

/** https://host[:port], no path, no user; `{NAME}` may stand for an Azure resource, an AWS region, an account id. */
export const OriginTemplate = z
  .string()
  .regex(/^https?:\/\/[a-zA-Z0-9{}._:[\]-]+$/, 'is not an origin such as https://api.example.com')

/**
 * A path of our own: absolute, no traversal, no query smuggling. Where the provider wants the model there, `{model}` is its
 * id as one piece, and `{model_path}` keeps its slashes.
 */
export const PathTemplate = z
  .string()
  .regex(/^\/(?!\/)[A-Za-z0-9._~:/{}@%=?&-]*$/, 'is not an absolute path')
  // A URL parser takes %2e for a dot, so both spellings climb.
  .refine(path => !path.toLowerCase().replaceAll('%2e', '.').split(/[/?]/).includes('..'), 'climbs out with ..')

export const EnvName = z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'is not an environment variable name')
const HeaderName = z.string().regex(/^[a-z0-9-]+$/, 'is not a lower-case header name')

/** Those that say where a request goes, whose it is or where it ends are never a provider file's to fix. */
const ownHeaders =
  /^(host|authorization|proxy-.*|cookie|connection|content-length|transfer-encoding|te|upgrade|expect)$/
/** A key stands in a header of its own, and in none that says where a request goes or how long it is. */
const KeyHeader = HeaderName.refine(
  name => name === 'authorization' || !(ownHeaders.test(name) || /^(user-agent|accept.*|content-.*)$/.test(name)),
  'is not a header that a key may stand in',
)
const FixedHeader = HeaderName.refine(name => !ownHeaders.test(name), 'is not a header that a provider file may set')

/** How a key becomes a token that is good for an hour: at `token_origin`, and nowhere else. */
const Exchange = z.strictObject({
  /** google_jwt: the key is a service account's file, and signs an assertion · ibm_apikey: the key itself is handed in */
  grant: z.enum(['google_jwt', 'ibm_apikey']),
  path: PathTemplate,
  scope: z.string().min(1).max(256).optional(),
})

/** Where the key that was found is `key`, requests are signed with `secret`, which does not travel. */
const Signing = z.strictObject({
  scheme: z.literal('aws_sigv4'),
  service: z.string().regex(/^[a-z0-9-]{1,64}$/, 'is not the name of a service'),
  region: z.string().regex(/^(\{[A-Z][A-Z0-9_]*\}|[a-z0-9-]{1,63})$/, 'is neither a region nor {NAME}'),
  key: EnvName,
  secret: EnvName,
  session: EnvName.optional(),
})

const Price = z.strictObject({
  input: z.number().min(0).nullable(),
  output: z.number().min(0).nullable(),
  as_of: z.iso.date('is not a date such as 2026-07-02'),
})

const Model = z.strictObject({
  id: ModelId,
  price: Price.optional(),
  default: z.boolean().optional(),
  reasoning: z.boolean().optional(),
  min_output_tokens: z.int().min(1).optional(),
  /** Where it is not the chat's: that of a road in `chat.also`, or that of `embeddings`, which makes it a model for those. */
  dialect: Slug.optional(),
})

const HeadroomHeaders = z.strictObject({
  limit: HeaderName.optional(),
  remaining: HeaderName.optional(),
  reset: HeaderName.optional(),
})

/** Where a relative of a dialect differs from it. A difference is data here, never a branch on a provider's id. */
const Quirks = z.strictObject({
  max_tokens_field: z.enum(['max_tokens', 'max_completion_tokens']).optional(),
  /** false: it refuses stream_options, so a stream carries no usage */
  stream_usage: z.boolean().optional(),
  /** false: it promises no [DONE]; a finish reason is the closing sign */
  done_sentinel: z.boolean().optional(),
  /** list: a text to embed stands in a list of one */
  embeddings_input: z.enum(['text', 'list']).optional(),
  /** the status with which it refuses a wrong key, where that says something else elsewhere and no word explains it */
  bad_key_status: z.int().min(400).max(499).optional(),
})

/** A path, with what stands in every body that goes there: an account's project, a version. `{NAME}` is filled as in a path. */
const BodyFields = z.record(
  z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'is not a field of a body'),
  z.string().regex(/^[\x20-\x7e]{1,256}$/, 'is not plain text of one line'),
)

/** One way to ask for a chat: where, and how it is spoken there. */
const Road = z.strictObject({
  path: PathTemplate,
  body: BodyFields.optional(),
  /** Where an answer that is not streamed has a path of its own. */
  unstreamed_path: PathTemplate.optional(),
  dialect: Slug,
})
export type Road = z.infer<typeof Road>

const feedKinds = [
  'statuspage',
  'incidentio',
  'instatus',
  'betterstack',
  'datadog',
  'rss',
  'atom',
  'google',
  'aws',
  'azure',
  'none',
] as const

export const providerKinds = ['hosted', 'gateway', 'self_hosted'] as const

const Shape = z.strictObject({
  id: Slug.refine(id => id !== 'reference', 'is the name of the built-in reference'),
  name: z.string().min(1).max(64),
  kind: z.enum(providerKinds),
  origin: OriginTemplate,
  origin_suffix: z.string().startsWith('.').optional(),
  token_origin: OriginTemplate.optional(),
  auth: z.strictObject({
    scheme: z.enum(['bearer', 'raw', 'none']),
    header: KeyHeader,
    exchange: Exchange.optional(),
    signing: Signing.optional(),
  }),
  env: z.array(EnvName),
  /** Secrets beside the key, where one is not enough. */
  secrets: z.array(EnvName).optional(),
  /** Those of `env` that mean many things; used only when LLMSTATUS_USE names them. */
  general_purpose_env: z.array(EnvName).optional(),
  reachability: z.strictObject({
    method: z.enum(['GET', 'HEAD']),
    path: PathTemplate,
    /** The edge answers something we know (200, 401, 403) without a key. */
    keyless: z.boolean(),
    /** What a good answer holds, where a 200 alone could be anybody's. */
    body_contains: z.string().min(1).max(256).optional(),
    /** What a good answer is where no call is free, and the edge is asked something that it does not take. */
    status: z.int().min(400).max(499).optional(),
  }),
  /** Left out where there is none: some only embed. The first road is the usual one. */
  chat: Road.extend({ also: z.array(Road).min(1).optional() }).optional(),
  embeddings: z.strictObject({ path: PathTemplate, dialect: Slug }).optional(),
  headers: z.record(FixedHeader, z.string().regex(/^[\x20-\x7e]{1,256}$/, 'is not plain text of one line')).optional(),
  rate_limit_headers: z
    .strictObject({ requests: HeadroomHeaders.optional(), tokens: HeadroomHeaders.optional() })
    .optional(),
  request_id_header: HeaderName.optional(),
  status: z
    .strictObject({
      page: z.url(),
      feed: z.url().optional(),
      kind: z.enum(feedKinds).optional(),
    })
    .optional(),
  models: z.array(Model),
  tps_p50_min: z.number().positive().optional(),
  quirks: Quirks.optional(),
  /** What no source confirmed. Shown as such, and never left out to look better. */
  unverified: z.array(z.string()),
})

/** Every way to chat there, the usual one first. */
export const chatRoads = ({ chat }: Pick<z.infer<typeof Shape>, 'chat'>): readonly Road[] =>
  chat === undefined ? [] : [chat, ...(chat.also ?? [])]

type Wrong = readonly [path: (string | number)[], message: string]

/** A token is fetched where the file says so, and goes as a bearer; what signs is named among the secrets. */
const wrongSignIn = (file: z.infer<typeof Shape>): readonly Wrong[] => {
  const { exchange, signing, scheme, header } = file.auth
  const { token_origin: tokens, env, secrets = [] } = file
  const isBearer = scheme === 'bearer' && header === 'authorization'
  const beside =
    signing === undefined ? [] : [signing.secret, ...(signing.session === undefined ? [] : [signing.session])]
  return [
    ...((exchange === undefined) === (tokens === undefined)
      ? []
      : [[['token_origin'], 'goes with auth.exchange, and one of the two is missing'] as Wrong]),
    ...(tokens === undefined || tokens.startsWith('https://') ? [] : [[['token_origin'], 'is not https'] as Wrong]),
    ...((exchange ?? signing) === undefined || isBearer
      ? []
      : [[['auth', 'scheme'], 'is not bearer in authorization, where a token or a signature goes'] as Wrong]),
    ...(signing === undefined || env.includes(signing.key)
      ? []
      : [[['auth', 'signing', 'key'], 'does not stand in env'] as Wrong]),
    ...beside
      .filter(name => !secrets.includes(name))
      .map(name => [['auth', 'signing'], `${name} does not stand in secrets`] as Wrong),
  ]
}

export const ProviderFile = Shape.superRefine((file, context) => {
  const wrong = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
  if (file.kind !== 'self_hosted' && !file.origin.startsWith('https://'))
    wrong(['origin'], 'is not https, and only a self_hosted provider may do without')
  for (const [index, name] of (file.general_purpose_env ?? []).entries())
    if (!file.env.includes(name)) wrong(['general_purpose_env', index], 'does not stand in env')
  for (const [path, message] of wrongSignIn(file)) wrong(path, message)
  const defaults = file.models.flatMap((model, index) => (model.default === true ? [index] : []))
  for (const index of defaults.slice(1)) wrong(['models', index, 'default'], 'is a second default')
  if (file.chat === undefined && file.embeddings === undefined) wrong([], 'has neither a chat nor embeddings')
  const roads = chatRoads(file).map(({ dialect }) => dialect)
  for (const [index, dialect] of roads.entries())
    if (roads.indexOf(dialect) !== index) wrong(['chat', 'also', index - 1, 'dialect'], 'is that of another road')
  const spoken = [...roads, ...(file.embeddings === undefined ? [] : [file.embeddings.dialect])]
  for (const [index, { dialect }] of file.models.entries())
    if (dialect !== undefined && !spoken.includes(dialect))
      wrong(['models', index, 'dialect'], `is not one that is spoken here: ${spoken.join(', ')}`)
  if (file.chat === undefined)
    for (const index of defaults) wrong(['models', index, 'default'], 'is chatted with, and there is no chat')
  for (const index of defaults)
    if (file.embeddings !== undefined && file.models[index]?.dialect === file.embeddings.dialect)
      wrong(['models', index, 'default'], 'is a model for embeddings, and the default is chatted with')
})
export type ProviderFile = z.infer<typeof ProviderFile>
export type Exchange = z.infer<typeof Exchange>
export type Signing = z.infer<typeof Signing>
export type ProviderModel = z.infer<typeof Model>
export type Quirks = z.infer<typeof Quirks>
