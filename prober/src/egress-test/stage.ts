import { type ProberSettings, readSettings, type SettingsInput } from '../config/settings.ts'
import { createSend, type Send } from '../credentials/send.ts'
import { createReached } from '../egress/reached.ts'
import { createLog } from '../log.ts'
import { createMeasure } from '../measure.ts'
import type { Clock, Measure, Probe, Random } from '../probe.ts'
import { createTransport } from '../transport/transport.ts'
import type { Internet, Scene } from './internet.ts'

/** Everything a case is played with: the real readers, the real way of a key, and the internet of this run. */
export interface Stage {
  /** The key, random for this run. */
  readonly key: string
  /** And the password of the proxy, which is nobody else's business. */
  readonly password: string
  readonly internet: Internet
  readonly settings: (told: Told) => Promise<ProberSettings>
  readonly send: Send
  /** Each once, in their order. */
  readonly measure: (probes: readonly Probe[]) => Promise<readonly Measured[]>
  readonly refuseUnsafe: (env: Readonly<Record<string, string>>) => void
  /** What the program said of it: result lines, log lines, errors. */
  readonly said: (text: string) => void
  readonly set: (scene: Scene) => void
  readonly nowMs: () => number
}

export interface Told {
  readonly env?: Readonly<Record<string, string>>
  /** prober.yaml below its version, as JSON is YAML too. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly files?: Readonly<Record<string, string>>
  readonly definition?: string
  /** In place of a provider file that ships. */
  readonly provider?: { readonly file: string; readonly text: string }
}

export interface Measured {
  readonly outcome: string
  /** The guard's own word, where it said no. */
  readonly refusal: string | null
}

export interface StageDeps {
  readonly clock: Clock
  readonly random: Random
  readonly folder: Pick<SettingsInput, 'readFile' | 'listFiles' | 'definitionsDir'>
  readonly dialects: ReadonlySet<string>
  readonly refuseUnsafe: Stage['refuseUnsafe']
}

interface Made {
  readonly internet: Internet
  readonly key: string
  readonly password: string
  readonly said: (text: string) => void
}

export const createStage = (deps: StageDeps, made: Made): Stage => {
  const { internet, said } = made
  const send = createSend(
    createTransport({ ...deps, resolve: internet.resolve, connect: internet.connect }),
    deps.clock,
  )
  let refusal: string | null = null
  const log = createLog('debug', { write: said, form: 'lines' })
  const measure = createMeasure({
    ...deps,
    send,
    // how busy this machine is has no say in where a key goes
    monitor: { watch: () => ({ end: () => ({ longestUs: 0, heldUs: 0 }) }) },
    pace: async () => {},
    reached: createReached(),
    biasUs: () => 0,
    refused: ({ provider, model, probe }, reason) => {
      refusal = reason
      log.warn({ provider, model, probe, reason }, 'the guard let nothing out')
    },
  })
  return {
    ...made,
    settings: told => readSettings(inputOf(deps, made, told)),
    send,
    refuseUnsafe: deps.refuseUnsafe,
    measure: async probes => {
      const measured: Measured[] = []
      for (const probe of probes) {
        refusal = null
        const { outcome } = await lineOf(measure, probe, made)
        measured.push({ outcome, refusal })
      }
      return measured
    },
    set: scene => internet.set(scene),
    nowMs: deps.clock.nowMs,
  }
}

const slot = { id: '01900000-0000-7000-8000-000000000001', slotMs: Date.UTC(2026, 0, 1), why: 'manual' } as const

const lineOf = async (measure: Measure, probe: Probe, { said }: Made) => {
  const line = await measure(probe, slot, new AbortController().signal)
  said(JSON.stringify(line))
  return line
}

/** Of the providers those that a case names; the others are read just as well, and take their time. */
const providersIn = (told: Told): ReadonlySet<string> => {
  const text = JSON.stringify(told).toLowerCase()
  const ids = ['anthropic', 'google_gemini', 'openai', 'vllm', 'watsonx'].filter(
    id => text.includes(id) || id === 'openai',
  )
  return new Set(ids.map(id => `${id}.yaml`))
}

const inputOf = ({ folder, dialects }: StageDeps, { internet, key, password }: Made, told: Told): SettingsInput => {
  const files: Readonly<Record<string, string>> = {
    '/egress-test/ca.pem': internet.ca,
    '/egress-test/prober.yaml': JSON.stringify({ version: 1, ...told.config }),
    '/egress-test/definition.yaml': told.definition ?? '',
    ...told.files,
  }
  const providers = providersIn(told)
  return {
    env: {
      KEY: key,
      PASSWORD: password,
      LLMSTATUS_CONFIG: '/egress-test/prober.yaml',
      LLMSTATUS_CA_FILE: '/egress-test/ca.pem',
      ...told.env,
    },
    readFile: path => {
      if (told.provider !== undefined && path.endsWith(`/providers/${told.provider.file}`)) return told.provider.text
      const text = files[path]
      if (text !== undefined) return text
      if (path.startsWith(folder.definitionsDir)) return folder.readFile(path)
      throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' })
    },
    listFiles: path =>
      folder
        .listFiles(path)
        .filter(name => name !== 'full.yaml' && (!path.endsWith('/providers') || providers.has(name))),
    definitionsDir: folder.definitionsDir,
    dialects,
    ...(told.definition === undefined ? {} : { said: { files: ['/egress-test/definition.yaml'] } }),
  }
}
