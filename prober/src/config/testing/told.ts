import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { signals } from '@llmstatus/shared/classify'
import type { Probe } from '../../probe.ts'
import { loadSettings, type ProberSettings, type Said, type SettingsInput } from '../settings.ts'

/** For tests: settings from what somebody told the prober, with the definitions that ship and no other real file. */

const definitionsDir = join(import.meta.dirname, '../../../../probe-definitions')

export interface Told {
  readonly env?: Readonly<Record<string, string>>
  /** What prober.yaml says, below its version. */
  readonly config?: string
  readonly files?: Readonly<Record<string, string>>
  /** More definitions, as if they shipped: `providers/acme.yaml`. */
  readonly shipped?: Readonly<Record<string, string>>
  readonly dialects?: readonly string[]
  /** On the command line. */
  readonly said?: Said
}

const isIn = (folder: string) => (name: string) => join(definitionsDir, dirname(name)) === folder

export const load = (told: Told): ProberSettings => loadSettings(inputOf(told))

export const inputOf = ({
  env = {},
  config,
  files = {},
  shipped = {},
  dialects = Object.keys(signals),
  said,
}: Told): SettingsInput => {
  const all: Readonly<Record<string, string>> =
    config === undefined ? files : { ...files, '/etc/prober.yaml': `version: 1\n${config}` }
  return {
    env: config === undefined ? env : { ...env, LLMSTATUS_CONFIG: '/etc/prober.yaml' },
    readFile: path => {
      if (path.startsWith(definitionsDir))
        return shipped[path.slice(definitionsDir.length + 1)] ?? readFileSync(path, 'utf8')
      const text = all[path]
      if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' })
      return text
    },
    listFiles: folder => [
      ...readdirSync(folder),
      ...Object.keys(shipped)
        .filter(isIn(folder))
        .map(name => basename(name)),
    ],
    definitionsDir,
    dialects: new Set(dialects),
    said,
  }
}

/** The one probe of that provider and name. */
export const only = (settings: ProberSettings, name: string): Probe => {
  const found = settings.probes.filter(probe => `${probe.provider} ${probe.probe}` === name)
  if (found[0] === undefined || found.length > 1) throw new Error(`${found.length} probes are ${name}`)
  return found[0]
}

export const names = (settings: ProberSettings): readonly string[] =>
  settings.probes.map(({ provider, probe }) => `${provider} ${probe}`)

export const openai = { OPENAI_API_KEY: 'sk-openai-1' }

export const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
