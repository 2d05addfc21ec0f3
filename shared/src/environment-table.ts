import * as value from './environment-values.ts'
import { Name, Region } from './identity.ts'
import { continents } from './prober-config.ts'

/**
 * Every environment variable of both programs, in one table; it generates docs/environment.md too. Provider keys are
 * not here: their names stand in the provider files.
 */

export const programs = ['prober', 'aggregator'] as const
export type Program = (typeof programs)[number]

/** As it would be written. Null where there is none; a record where the programs differ. */
type Default = string | null | Readonly<Record<Program, string>>

export interface Variable<T = unknown, S extends boolean = boolean, D extends Default = Default> {
  readonly programs: readonly Program[]
  readonly type: value.ValueType<T>
  readonly default: D
  /** A secret also comes as NAME_FILE, and is never printed. */
  readonly secret: S
  readonly meaning: string
}

interface Row<T, D extends Default> {
  readonly type: value.ValueType<T>
  readonly default: D
  readonly meaning: string
}

const plain =
  (...programs: readonly Program[]) =>
  <T, D extends Default>(row: Row<T, D>): Variable<T, false, D> => ({ ...row, programs, secret: false })
const hidden =
  (...programs: readonly Program[]) =>
  <T, D extends Default>(row: Row<T, D>): Variable<T, true, D> => ({ ...row, programs, secret: true })

const prober = plain('prober')
const aggregator = plain('aggregator')
const both = plain('prober', 'aggregator')

export const variables = {
  LLMSTATUS_AGGREGATOR_URL: prober({
    type: value.url,
    default: null,
    meaning: 'Where results go. The enrolment token names it too, so this is for a changed address.',
  }),
  LLMSTATUS_ENROL_TOKEN: hidden('prober')({
    type: value.text,
    default: null,
    meaning: 'The one-time token of `enrol-token create`. Read only while the data folder has no identity.',
  }),
  LLMSTATUS_NAME: prober({
    type: value.matching('name of at most 64 characters', Name),
    default: null,
    meaning: "This prober's name on the status page.",
  }),
  LLMSTATUS_REGION: prober({
    type: value.matching('label of at most 64 characters', Region),
    default: null,
    meaning: 'A free label for where it runs.',
  }),
  LLMSTATUS_CONTINENT: prober({
    type: value.oneOf(...continents),
    default: null,
    meaning: 'The continent it runs on.',
  }),
  LLMSTATUS_DATA_DIR: both({
    type: value.path,
    default: { prober: '/data', aggregator: './data' },
    meaning: 'The folder that is kept: identity and spool, or the embedded database and the signing key.',
  }),
  LLMSTATUS_CONFIG: both({
    type: value.path,
    default: null,
    meaning: 'A YAML file for what the environment cannot say.',
  }),
  LLMSTATUS_PROXY: hidden(
    'prober',
    'aggregator',
  )({
    type: value.proxyUrl,
    default: null,
    meaning: 'The HTTP proxy for public addresses, with its user and password where it wants them.',
  }),
  LLMSTATUS_CA_FILE: both({
    type: value.path,
    default: null,
    meaning:
      "A PEM file of authorities, in place of the system's: for the prober's way to its aggregator and to origins set locally, for what the aggregator sends out, and for its Postgres.",
  }),
  LLMSTATUS_KEYLESS: prober({
    type: value.oneOf('none', 'major'),
    default: 'none',
    meaning: '`major` probes the reachability of the major providers that have no key here.',
  }),
  LLMSTATUS_SUITE: prober({
    type: value.oneOf('reachability', 'standard', 'full'),
    default: 'standard',
    meaning: 'Which suite runs for every key that is found.',
  }),
  LLMSTATUS_CHAT_EVERY: prober({
    type: value.duration,
    default: null,
    meaning: "How often the suite's chat probes run.",
  }),
  LLMSTATUS_USE: prober({
    type: value.names,
    default: null,
    meaning: 'General-purpose variables, such as GITHUB_TOKEN, that may be used as provider keys.',
  }),
  LLMSTATUS_TARGETS: prober({
    type: value.targets,
    default: null,
    meaning: 'Self-hosted servers to probe. The left side is the target’s id and its provider file.',
  }),
  LLMSTATUS_BUDGET_USD_PER_DAY: prober({
    type: value.amount,
    default: '1.00',
    meaning: 'What billed probes may cost in a day, all keys together.',
  }),
  LLMSTATUS_HEALTH_HOST: prober({
    type: value.host,
    default: '127.0.0.1',
    meaning: 'Where /healthz, /readyz and /metrics listen. The image sets 0.0.0.0.',
  }),
  LLMSTATUS_HEALTH_PORT: prober({ type: value.port, default: '8421', meaning: 'The port of that.' }),
  LLMSTATUS_LOG_LEVEL: both({
    type: value.oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    default: 'info',
    meaning: 'How much is logged.',
  }),
  LLMSTATUS_HOST: aggregator({
    type: value.host,
    default: '127.0.0.1',
    meaning: 'Where the aggregator listens. The image sets 0.0.0.0.',
  }),
  LLMSTATUS_PORT: aggregator({ type: value.port, default: '8420', meaning: 'The port of that.' }),
  LLMSTATUS_PUBLIC_URL: aggregator({
    type: value.url,
    default: null,
    meaning: 'The address people and probers use, for links and enrolment tokens.',
  }),
  LLMSTATUS_PUBLIC_READ: aggregator({
    type: value.onOff,
    default: 'off',
    meaning: 'Whether status, providers, incidents and badges can be read without signing in.',
  }),
  LLMSTATUS_TRUST_PROXY: aggregator({
    type: value.onOff,
    default: 'off',
    meaning: 'Whether X-Forwarded-* of the reverse proxy in front is believed.',
  }),
  LLMSTATUS_KEY_FILE: aggregator({
    type: value.path,
    default: null,
    meaning:
      "The file of the aggregator's signing keys, one a line. Required where replicas share a Postgres; else made in the data folder.",
  }),
  LLMSTATUS_BACKUP_PASSPHRASE: hidden('aggregator')({
    type: value.text,
    default: null,
    meaning: 'Under which `backup` seals the signing key, and `restore` opens it. Without it an archive has no key.',
  }),
  LLMSTATUS_POLICY: aggregator({
    type: value.path,
    default: null,
    meaning: 'A policy file that changes the defaults of judging.',
  }),
  LLMSTATUS_RETENTION_DAYS: aggregator({ type: value.days, default: '30', meaning: 'How long raw results are kept.' }),
  LLMSTATUS_LEDGER_DAYS: aggregator({
    type: value.days,
    default: '400',
    meaning: 'How long signed batches are kept.',
  }),
  LLMSTATUS_FEEDS: aggregator({
    type: value.onOff,
    default: 'on',
    meaning: "Whether providers' own status pages are read.",
  }),
  LLMSTATUS_OUTBOUND_PRIVATE: aggregator({
    type: value.cidrs,
    default: null,
    meaning: 'Private ranges that webhooks, mail and feeds may reach.',
  }),
  LLMSTATUS_SHARING: aggregator({
    type: value.oneOf('off', 'local', 'review', 'on'),
    default: 'local',
    meaning:
      'The ceiling for sharing anonymous timings. The page cannot raise it; `on` also needs `serve --experimental`.',
  }),
  LLMSTATUS_ROLE: aggregator({
    type: value.oneOf('private', 'public'),
    default: 'private',
    meaning: 'Whether this aggregator serves one organisation or is a public instance.',
  }),
  LLMSTATUS_DATABASE_PASSWORD: hidden('aggregator')({
    type: value.text,
    default: null,
    meaning: 'The password for DATABASE_URL, where it holds none.',
  }),
  DATABASE_URL: hidden('aggregator')({
    type: value.databaseUrl,
    default: null,
    meaning:
      'A Postgres, 15 or newer, to use in place of the embedded one. Away from this machine it must speak TLS and prove its name, unless `?sslmode=` says `verify-ca`, `require` or `disable`; `&sslrootcert=` names a PEM file of authorities.',
  }),
} as const

export type VariableName = keyof typeof variables
export const variableNames = Object.keys(variables) as readonly VariableName[]
