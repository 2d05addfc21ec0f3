import { z } from 'zod'
import { readOrigin } from './address.ts'
import { Cadence } from './definition.ts'
import { Name, Region } from './identity.ts'
import { ModelId, Slug } from './ids.ts'
import { EnvName, OriginTemplate } from './provider-file.ts'

/** prober.yaml. The environment alone is enough; this file is for private targets, proxies, limits and custom probes. */

export const continents = ['af', 'an', 'as', 'eu', 'na', 'oc', 'sa'] as const
export const Continent = z.enum(continents)

const Url = z.url({ protocol: /^https?$/, error: 'is not a URL such as https://status.example.com' })
/** An address that is shown and logged: nothing secret may stand in it. */
export const PlainUrl = Url.refine(text => {
  const url = URL.parse(text)
  return url === null || [url.username, url.password, url.search, url.hash].every(part => part === '')
}, 'holds a user, a password, a query or a fragment')

const FilePath = z.string().min(1)
const Cidr = z.union([z.cidrv4(), z.cidrv6()], 'is not an address range such as 10.0.0.0/8')
/** `env:NAME` or `file:/path`: a secret never stands in this file itself. */
export const SecretSource = z
  .string()
  .regex(
    /^(env:[A-Z][A-Z0-9_]*|file:.+)$/,
    'is not env:NAME or file:/path (a secret does not stand in this file itself)',
  )

/** What fills `{NAME}` in an origin or a path. It cannot hold a dot or a slash, so it cannot lead elsewhere. */
export const PlaceholderValue = z.string().regex(/^[A-Za-z0-9-]{1,63}$/, 'is not 1 to 63 letters, digits and hyphens')

/** The direct way, or a proxy's address; what the proxy wants to know of us stands apart from it. */
export const ProxyChoice = z.string().superRefine((text, context) => {
  const wrong = (message: string) => context.addIssue({ code: 'custom', message })
  if (text === 'direct') return
  const url = URL.parse(text)
  if (url !== null && (url.username !== '' || url.password !== ''))
    return wrong('holds a user or a password: put user:password into a file, and name that under proxy_secret')
  if (readOrigin(text.replace(/\/$/, '')) === null)
    wrong('is neither `direct` nor an address such as http://proxy.corp:3128')
})

/** `proxy_secret` is `user:password` of a proxy that asks for it. */
const proxied = { proxy: ProxyChoice.optional(), proxy_secret: SecretSource.optional() } as const

interface Proxied {
  readonly proxy?: string | undefined
  readonly proxy_secret?: string | undefined
}
const hasProxyForSecret = ({ proxy = 'direct', proxy_secret: secret }: Proxied): boolean =>
  secret === undefined || proxy !== 'direct'
const secretWithoutProxy = { path: ['proxy_secret'], error: 'is for a proxy, and no proxy stands beside it' }

const Net = z.strictObject({ private: z.array(Cidr) })

const CredentialFields = z.strictObject({
  name: Slug,
  provider: Slug,
  origin: OriginTemplate.optional(),
  /** Where its key is exchanged for a token, if that is not where its provider's file says. */
  token_origin: OriginTemplate.optional(),
  values: z.record(EnvName, PlaceholderValue).optional(),
  secret: SecretSource,
  /** Beside the key, by the names that its provider's file has for them. */
  secrets: z.record(EnvName, SecretSource).optional(),
  models: z.array(ModelId).min(1).optional(),
  net: Net.optional(),
  ...proxied,
  ca_file: FilePath.optional(),
  limits: z
    .strictObject({
      usd_per_day: z.number().min(0).optional(),
      requests_per_minute: z.number().min(1).optional(),
      max_output_tokens: z.int().min(1).optional(),
    })
    .optional(),
})

export const Credential = CredentialFields.refine(hasProxyForSecret, secretWithoutProxy)

const TargetFields = z.strictObject({
  id: Slug,
  provider: Slug,
  origin: OriginTemplate,
  net: Net.optional(),
  secret: SecretSource.optional(),
  ...proxied,
  ca_file: FilePath.optional(),
})
export const Target = TargetFields.refine(hasProxyForSecret, secretWithoutProxy)

const AggregatorWay = z
  .strictObject({ url: PlainUrl.optional(), ca_file: FilePath.optional(), ...proxied })
  .refine(hasProxyForSecret, secretWithoutProxy)

/** Whose definitions are taken: `aggregator` is the one that this prober is enrolled at, whatever its key becomes. */
export const PublisherKey = z
  .string()
  .regex(
    /^(aggregator|ed25519:[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])$/,
    'is neither `aggregator` nor ed25519: and the 32 bytes of a public key in base64url',
  )

export const ProberFile = z.strictObject({
  version: z.literal(1),
  name: Name.optional(),
  region: Region.optional(),
  continent: Continent.optional(),
  /** Without a URL it is the one of the enrolment token. */
  aggregator: AggregatorWay.optional(),
  credentials: z.array(Credential).optional(),
  targets: z.array(Target).optional(),
  /** Provider files of one's own, beside those that ship. */
  providers: z.array(FilePath).optional(),
  probes: z.array(FilePath).optional(),
  suite: z.enum(['reachability', 'standard', 'full']).optional(),
  keyless: z.enum(['none', 'major']).optional(),
  every: z
    .strictObject({ reachability: Cadence.optional(), health: Cadence.optional(), chat: Cadence.optional() })
    .optional(),
  controls: z.array(PlainUrl).optional(),
  remote_definitions: z
    .strictObject({
      accept: z.boolean(),
      keys: z.array(PublisherKey).max(16).optional(),
      allow_private: z.boolean().optional(),
    })
    .optional(),
  spool: z.strictObject({ max_mib: z.int().min(1).max(65_536) }).optional(),
})
export type ProberFile = z.infer<typeof ProberFile>
