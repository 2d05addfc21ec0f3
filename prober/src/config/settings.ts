import { suggest } from '@llmstatus/shared/did-you-mean'
import { type Environment, readEnvironment, settingOf } from '@llmstatus/shared/environment'
import { CodedError } from '@llmstatus/shared/errors'
import type { continents, ProberFile } from '@llmstatus/shared/prober-config'
import { type Env, type ReadFile, readSecret } from '@llmstatus/shared/read-secret'
import type { Secret } from '@llmstatus/shared/secret'
import type { SuiteProbe } from '@llmstatus/shared/suite-file'
import type { AggregatorWay, Probe } from '../probe.ts'
import { aggregatorOf } from './aggregator.ts'
import { ambientNotes } from './ambient.ts'
import { type ListedControl, listedControls } from './controls.ts'
import { type CostPerDay, costPerDay } from './cost.ts'
import { type CredentialLimits, credentialLimits } from './credential-limits.ts'
import { type OtherWay, otherWays } from './other-ways.ts'
import { withOwnProviders } from './own-providers.ts'
import { type Named, planProbes, type Written } from './plan-probes.ts'
import { usualProxy } from './proxies.ts'
import { checkPatterns } from './read-definition.ts'
import { type Definitions, type ListFiles, readDefinitions, suiteProbes } from './read-definitions.ts'
import { beside, type LoadedFile, readPem, readProberFile } from './read-prober-file.ts'
import { type RemoteSettings, remoteSettings } from './remote-settings.ts'

/** Everything the prober was told, read once and frozen: the environment, prober.yaml, and what ships with it. */
export interface ProberSettings {
  /** Null where nobody chose one; the program then takes the host's name. */
  readonly name: string | null
  readonly region: string | null
  readonly continent: (typeof continents)[number] | null
  readonly dataDir: string
  /** Without a URL only the enrolment token knows, or nothing is reported at all. */
  readonly aggregator: AggregatorWay & { readonly url: string | null }
  /** Opened only where there is no identity yet: a restart does not miss a token file that is long gone. */
  readonly enrolToken: () => Secret | null
  readonly health: { readonly host: string; readonly port: number }
  readonly logLevel: string
  readonly spoolMaxBytes: number
  readonly probes: readonly Probe[]
  /** What they were made from. */
  readonly definitions: Definitions
  readonly otherWays: readonly OtherWay[]
  readonly controls: readonly ListedControl[]
  readonly costPerDay: readonly CostPerDay[]
  readonly budgetUsdPerDay: number
  /** Those keys that have limits of their own. */
  readonly credentialLimits: readonly CredentialLimits[]
  /** Null where definitions from outside are not taken. */
  readonly remote: RemoteSettings | null
  /** For the operator, one line each: what was seen and not done, and why. */
  readonly notes: readonly string[]
}

/** What a command line says, over the environment and the file. */
export interface Said {
  readonly config?: string | undefined
  readonly suite?: string | undefined
  /** Definitions to run in place of what is configured; a suite beside them only where one is said too. */
  readonly files?: readonly string[] | undefined
}

export interface SettingsInput {
  readonly env: Env
  /** Whole text of a file; throws where there is none. */
  readonly readFile: ReadFile
  readonly listFiles: ListFiles
  readonly definitionsDir: string
  /** What this prober speaks: the names of its dialects, and `http` and `tcp` where it can. */
  readonly dialects: ReadonlySet<string>
  readonly said?: Said | undefined
}

/** With the definitions that somebody here wrote, whose patterns are looked at only when they are to be used. */
interface LoadedSettings extends ProberSettings {
  readonly written: readonly Written[]
}

export const readSettings = async (input: SettingsInput): Promise<ProberSettings> => {
  const settings = loadSettings(input)
  await checkPatterns(settings.written)
  return settings
}

const defaultSpoolMib = 64

export const loadSettings = (input: SettingsInput): LoadedSettings => {
  const { env, readFile, dialects, said = {} } = input
  const environment = readEnvironment(withoutToken(env), readFile, 'prober')
  const file = fileOf(input, environment)
  const config: Partial<ProberFile> = file?.value ?? {}
  const definitions = withOwnProviders(readDefinitions(input), { file, readFile, dialects })
  const caFile = environment.LLMSTATUS_CA_FILE
  const ca = caFile === null ? null : readPem(readFile, caFile, 'LLMSTATUS_CA_FILE')
  const usual = { ca, proxy: usualProxy(environment, ca) }
  const plan = planProbes(
    { env, readFile, environment, file, definitions },
    {
      suite: suiteOf({ environment, file, definitions, said }),
      definitions: definitionsOf(said, file),
      keyless: environment.LLMSTATUS_KEYLESS ?? config.keyless ?? 'none',
      every: everyOf(environment, config),
      dialects,
      usual,
    },
  )
  return frozen({
    name: environment.LLMSTATUS_NAME ?? config.name ?? null,
    region: environment.LLMSTATUS_REGION ?? config.region ?? null,
    continent: environment.LLMSTATUS_CONTINENT ?? config.continent ?? null,
    dataDir: settingOf(environment, 'prober', 'LLMSTATUS_DATA_DIR'),
    aggregator: aggregatorOf({ env, environment, file, readFile }, usual),
    enrolToken: () => readSecret(env, readFile, tokenName),
    health: {
      host: settingOf(environment, 'prober', 'LLMSTATUS_HEALTH_HOST'),
      port: settingOf(environment, 'prober', 'LLMSTATUS_HEALTH_PORT'),
    },
    logLevel: settingOf(environment, 'prober', 'LLMSTATUS_LOG_LEVEL'),
    spoolMaxBytes: (config.spool?.max_mib ?? defaultSpoolMib) * 1024 * 1024,
    probes: plan.probes,
    definitions,
    written: plan.written,
    otherWays: otherWays(plan, config.remote_definitions?.accept === true ? 'takes_remote' : 'local_only'),
    controls: listedControls(file, usual.proxy),
    costPerDay: costPerDay(plan.probes),
    budgetUsdPerDay: settingOf(environment, 'prober', 'LLMSTATUS_BUDGET_USD_PER_DAY'),
    credentialLimits: credentialLimits(config),
    remote: remoteSettings(file, { ...plan, providers: definitions.providers, dialects }),
    notes: [...plan.notes, ...ambientNotes(env)],
  })
}

const tokenName = 'LLMSTATUS_ENROL_TOKEN'

const withoutToken = (env: Env): Env => {
  const { [tokenName]: _token, [`${tokenName}_FILE`]: _file, ...rest } = env
  return rest
}

const fileOf = ({ readFile, said }: SettingsInput, environment: Environment): LoadedFile | null => {
  if (said?.config !== undefined) return readProberFile(readFile, said.config, '--config')
  const path = environment.LLMSTATUS_CONFIG
  return path === null ? null : readProberFile(readFile, path, 'LLMSTATUS_CONFIG')
}

const definitionsOf = ({ files }: Said, file: LoadedFile | null): readonly Named[] => {
  if (files !== undefined) return files.map(path => ({ path, where: '--file' }))
  if (file === null) return []
  const { probes = [] } = file.value
  return probes.map((path, index) => ({ path: beside(file, path), where: file.where(['probes', index]) }))
}

interface SuiteSources {
  readonly environment: Environment
  readonly file: LoadedFile | null
  readonly definitions: Definitions
  readonly said: Said
}

const suiteOf = ({ environment, file, definitions, said }: SuiteSources): readonly SuiteProbe[] => {
  if (said.files !== undefined && said.suite === undefined) return []
  const { LLMSTATUS_SUITE: named } = environment
  const id = said.suite ?? named ?? file?.value.suite ?? settingOf(environment, 'prober', 'LLMSTATUS_SUITE')
  const probes = suiteProbes(definitions, id)
  if (probes !== null) return probes
  const [code, where] =
    said.suite === undefined ? (['config_invalid', 'suites'] as const) : (['usage', '--suite'] as const)
  throw new CodedError(code, `${where}: there is no suite ${id}`, { hint: suggest(id, [...definitions.suites.keys()]) })
}

/** By the suites' names for their probes. */
const everyOf = (environment: Environment, { every = {} }: Partial<ProberFile>): Readonly<Record<string, number>> => {
  const chat = environment.LLMSTATUS_CHAT_EVERY ?? every.chat
  return Object.fromEntries(
    Object.entries({ ...every, chat }).flatMap(([name, ms]) => (ms === undefined ? [] : [[name, ms]])),
  )
}

const frozen = <T>(value: T): T => {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value
  for (const inner of Object.values(value)) frozen(inner)
  return Object.freeze(value)
}
