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
  /** Null is a key of our own in the data folder. */
  readonly keyFile: string | null
  readonly policyFile: string | null
  /** The address people and probers use, without a slash at its end. */
  readonly publicUrl: string
  /** Whether that address was given, and is not only what we listen on. */
  readonly publicUrlGiven: 'given' | 'listening'
  readonly publicRead: boolean
  readonly trustProxy: boolean
  readonly logLevel: string
  /** For the operator, one line each: what was set and has no effect yet. */
  readonly notes: readonly string[]
}

export const readSettings = (env: Env, readFile: ReadFile): Settings => {
  const environment = readEnvironment(env, readFile, 'aggregator')
  const setting = <N extends VariableName>(name: N) => settingOf(environment, 'aggregator', name)
  const host = setting('LLMSTATUS_HOST')
  const port = setting('LLMSTATUS_PORT')
  return Object.freeze({
    host,
    port,
    dataDir: setting('LLMSTATUS_DATA_DIR'),
    databaseUrl: setting('DATABASE_URL'),
    keyFile: setting('LLMSTATUS_KEY_FILE'),
    policyFile: setting('LLMSTATUS_POLICY'),
    publicUrl: withoutSlash(environment.LLMSTATUS_PUBLIC_URL ?? listeningUrl(host, port)),
    publicUrlGiven: environment.LLMSTATUS_PUBLIC_URL === null ? 'listening' : 'given',
    publicRead: setting('LLMSTATUS_PUBLIC_READ'),
    trustProxy: setting('LLMSTATUS_TRUST_PROXY'),
    logLevel: setting('LLMSTATUS_LOG_LEVEL'),
    notes: notYet(environment),
  })
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '')

/** Where this machine reaches it: what listens everywhere also listens on loopback. */
export const listeningUrl = (host: string, port: number): string => {
  const here = { '0.0.0.0': '127.0.0.1', '::': '::1', '[::]': '::1' }[host] ?? host
  return `http://${here.includes(':') && !here.startsWith('[') ? `[${here}]` : here}:${port}`
}

/** Whoever builds one of these takes its line out. */
const withoutEffect = [
  'LLMSTATUS_CONFIG',
  'LLMSTATUS_PROXY',
  'LLMSTATUS_CA_FILE',
  'LLMSTATUS_RETENTION_DAYS',
  'LLMSTATUS_LEDGER_DAYS',
  'LLMSTATUS_FEEDS',
  'LLMSTATUS_OUTBOUND_PRIVATE',
  'LLMSTATUS_SHARING',
  'LLMSTATUS_ROLE',
] as const satisfies readonly VariableName[]

const notYet = (environment: Environment): readonly string[] =>
  withoutEffect.filter(name => environment[name] !== null).map(name => `${name} is set and has no effect yet`)
