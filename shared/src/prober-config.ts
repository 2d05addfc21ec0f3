import { z } from 'zod'
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

const Net = z.strictObject({ private: z.array(Cidr) })

export const Credential = z.strictObject({
  name: Slug,
  provider: Slug,
  origin: OriginTemplate.optional(),
  values: z.record(EnvName, PlaceholderValue).optional(),
  secret: SecretSource,
  models: z.array(ModelId).min(1).optional(),
  net: Net.optional(),
  proxy: Url.optional(),
  ca_file: FilePath.optional(),
  limits: z
    .strictObject({
      usd_per_day: z.number().min(0).optional(),
      requests_per_minute: z.number().min(1).optional(),
      max_output_tokens: z.int().min(1).optional(),
    })
    .optional(),
})

export const Target = z.strictObject({
  id: Slug,
  provider: Slug,
  origin: OriginTemplate,
  net: Net.optional(),
  secret: SecretSource.optional(),
})

export const ProberFile = z.strictObject({
  version: z.literal(1),
  name: Name.optional(),
  region: Region.optional(),
  continent: Continent.optional(),
  aggregator: z.strictObject({ url: PlainUrl, ca_file: FilePath.optional(), proxy: Url.optional() }).optional(),
  credentials: z.array(Credential).optional(),
  targets: z.array(Target).optional(),
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
      keys: z.array(z.string()).optional(),
      allow_private: z.boolean().optional(),
    })
    .optional(),
  spool: z.strictObject({ max_mib: z.int().min(1).max(65_536) }).optional(),
})
export type ProberFile = z.infer<typeof ProberFile>
