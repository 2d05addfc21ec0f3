import { type Environment, readEnvironment, settingOf, type VariableName } from '@llmstatus/shared/environment'
import type { Env, ReadFile } from '@llmstatus/shared/read-secret'
import type { Secret } from '@llmstatus/shared/secret'

/** Everything the aggregator was told, read once and frozen. */
export interface Settings {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  /** Null is the embedded database in the data folder. */
  readonly databaseUrl: Secret | null
  /** Where the URL holds none. */
  readonly databasePassword: Secret | null
  /** Null is the authorities of the system. */
  readonly caFile: string | null
  /** Under which a backup seals the key. */
  readonly backupPassphrase: Secret | null
  /** Null is a key of our own in the data folder. */
  readonly keyFile: string | null
  readonly policyFile: string | null
  /** The address people and probers use, without a slash at its end; null where it is what we listen on. */
  readonly publicUrl: string | null
  readonly publicRead: boolean
  readonly trustProxy: boolean
  readonly retentionDays: number
  readonly ledgerDays: number
  readonly logLevel: string
  /** For the operator, one line each: what was set and has no effect yet. */
  readonly notes: readonly string[]
}

export const readSettings = (env: Env, readFile: ReadFile): Settings => {
  const environment = readEnvironment(env, readFile, 'aggregator')
  const setting = <N extends VariableName>(name: N) => settingOf(environment, 'aggregator', name)
  return Object.freeze({
    host: setting('LLMSTATUS_HOST'),
    port: setting('LLMSTATUS_PORT'),
    dataDir: setting('LLMSTATUS_DATA_DIR'),
    databaseUrl: setting('DATABASE_URL'),
    databasePassword: setting('LLMSTATUS_DATABASE_PASSWORD'),
    caFile: setting('LLMSTATUS_CA_FILE'),
    backupPassphrase: setting('LLMSTATUS_BACKUP_PASSPHRASE'),
    keyFile: setting('LLMSTATUS_KEY_FILE'),
    policyFile: setting('LLMSTATUS_POLICY'),
    publicUrl: environment.LLMSTATUS_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    publicRead: setting('LLMSTATUS_PUBLIC_READ'),
    trustProxy: setting('LLMSTATUS_TRUST_PROXY'),
    retentionDays: setting('LLMSTATUS_RETENTION_DAYS'),
    ledgerDays: setting('LLMSTATUS_LEDGER_DAYS'),
    logLevel: setting('LLMSTATUS_LOG_LEVEL'),
    notes: notYet(environment),
  })
}

/** Where this machine reaches it: what listens everywhere also listens on loopback. */
export const listeningUrl = (host: string, port: number): string => {
  const here = { '0.0.0.0': '127.0.0.1', '::': '::1', '[::]': '::1' }[host] ?? host
  return `http://${here.includes(':') && !here.startsWith('[') ? `[${here}]` : here}:${port}`
}

export const publicUrlOf = ({ publicUrl, host, port }: Settings): string => publicUrl ?? listeningUrl(host, port)

/** Whoever builds one of these takes its line out. */
const withoutEffect = [
  'LLMSTATUS_CONFIG',
  'LLMSTATUS_PROXY',
  'LLMSTATUS_FEEDS',
  'LLMSTATUS_OUTBOUND_PRIVATE',
  'LLMSTATUS_SHARING',
  'LLMSTATUS_ROLE',
] as const satisfies readonly VariableName[]

const notYet = (environment: Environment): readonly string[] =>
  withoutEffect.filter(name => environment[name] !== null).map(name => `${name} is set and has no effect yet`)
