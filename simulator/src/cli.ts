import { parseArgs } from 'node:util'
import { CodedError } from '@llmstatus/shared/errors'
import type { SimulatorOptions } from './simulator.ts'

export const usage = `llmstatus-simulator: LLM providers that behave and misbehave on command

  --control PORT          where it is told what to do (8430)
  --host ADDRESS          where it listens (127.0.0.1)
  --first-port PORT       the providers' ports in a row, http and https in turn (any free ones)
  --only ID,ID            these providers only
  --seed N                what happens by chance, happens the same way again (1)
  --first-token-ms N      how long a healthy answer takes to begin (120)
  --per-token-ms N        and each further token (15)
  --jitter F              waits are up to this share shorter or longer (0)
  --log-entries N         how many writes are remembered (200000)
  --help  --version

Example: every fourth question to OpenAI is answered with a 503, until told otherwise

  llmstatus-simulator &
  curl http://127.0.0.1:8430/_sim/providers
  curl -X PUT http://127.0.0.1:8430/_sim/scenarios \\
    -d '{"provider":"openai","share":0.25,"do":"status","args":{"code":503}}'
  curl -X DELETE http://127.0.0.1:8430/_sim/scenarios -d '{"provider":"openai"}'
`

export type Command =
  | { readonly run: 'help' }
  | { readonly run: 'version' }
  | { readonly run: 'serve'; readonly options: SimulatorOptions }

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const known = {
  control: text,
  host: text,
  'first-port': text,
  only: text,
  seed: text,
  'first-token-ms': text,
  'per-token-ms': text,
  jitter: text,
  'log-entries': text,
  help: flag,
  version: flag,
} as const

const wrong = (message: string) =>
  new CodedError('usage', message, { hint: 'llmstatus-simulator --help shows what there is' })

export const readCommand = (args: readonly string[], ids: readonly string[]): Command => {
  const values = parsed(args)
  if (values.help) return { run: 'help' }
  if (values.version) return { run: 'version' }
  const number = (
    name: keyof typeof values,
    range: { readonly min: number; readonly max: number },
  ): number | undefined => {
    const raw = values[name]
    if (raw === undefined) return undefined
    const value = Number(raw)
    if (raw === '' || !(value >= range.min && value <= range.max))
      throw wrong(`--${name} ${raw}: is not a number from ${range.min} to ${range.max}`)
    return value
  }
  const only = values.only?.split(',')
  const stranger = only?.find(id => !ids.includes(id))
  if (stranger !== undefined) throw wrong(`--only ${stranger}: is not one of ${ids.join(', ')}`)
  const port = { min: 0, max: 65_535 }
  const ms = { min: 0, max: 600_000 }
  return {
    run: 'serve',
    options: given({
      host: values.host,
      controlPort: number('control', port) ?? 8430,
      firstPort: number('first-port', { min: 1, max: 65_535 - 2 * ids.length }),
      only,
      seed: number('seed', { min: 0, max: Number.MAX_SAFE_INTEGER }),
      pace: given({
        firstTokenMs: number('first-token-ms', ms),
        perTokenMs: number('per-token-ms', ms),
        jitter: number('jitter', { min: 0, max: 1 }),
      }),
      logEntries: number('log-entries', { min: 1, max: 10_000_000 }),
    }),
  }
}

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: known, strict: true, allowPositionals: false }).values
  } catch (error) {
    throw wrong((error as Error).message.split('. ')[0] ?? 'unknown argument')
  }
}

/** Without what was not given. */
const given = <T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
