import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { nodeFlags } from '../../prober/src/cli/node-flags.ts'
import { enrolToken } from './enrol.ts'
import { aggregatorEnvironment, proberEnvironment } from './environment.ts'
import { answersOk, until } from './ready.ts'
import type { Together } from './together.ts'

/** An aggregator and a prober on this machine, the prober enrolled by itself. */
export interface LocalOptions {
  readonly env: NodeJS.ProcessEnv
  readonly dataDir: string
  /** Said once the page answers, before the prober starts and may spend anything. */
  readonly onReady: (url: string) => void
}

export const startLocal = async (all: Together, { env, dataDir, onReady }: LocalOptions): Promise<string> => {
  const url = localUrl(env)
  const ours = { ...aggregatorEnvironment(env), LLMSTATUS_DATA_DIR: dataDir }
  const isTaken = await answersOk(`${url}/readyz`)
  all.start({ name: 'aggregator', args: ['aggregator/src/main.ts', 'serve'], env: ours })
  // somebody else's answer is not ours: time for our own to say that the port is taken
  if (isTaken) await all.during(ending => setTimeout(30_000, undefined, { signal: ending }))
  await all.during(ending => until(() => answersOk(`${url}/readyz`), ending))
  onReady(url)
  await startProber(all, { env, dataDir, url })
  return url
}

const startProber = async (
  all: Together,
  { env, dataDir, url }: { env: NodeJS.ProcessEnv; dataDir: string; url: string },
): Promise<void> => {
  const proberDir = join(dataDir, 'prober')
  mkdirSync(proberDir, { recursive: true, mode: 0o700 })
  const theirs = { ...proberEnvironment(env), LLMSTATUS_DATA_DIR: proberDir, LLMSTATUS_AGGREGATOR_URL: url }
  const run = (extra: NodeJS.ProcessEnv) =>
    all.start({
      name: 'prober',
      args: [...nodeFlags(proberDir), 'prober/src/main.ts', 'run'],
      env: { ...theirs, ...extra },
    })
  if (hasIdentity(proberDir) || hasToken(env)) return void run({})
  const token = await all.during(() =>
    enrolToken(dataDir, { ...aggregatorEnvironment(env), LLMSTATUS_DATA_DIR: dataDir }),
  )
  try {
    run({ LLMSTATUS_ENROL_TOKEN_FILE: token.file })
    await all.during(ending => until(async () => hasIdentity(proberDir), ending))
  } finally {
    token.forget()
  }
}

const hasIdentity = (proberDir: string): boolean => existsSync(join(proberDir, 'identity.json'))

const hasToken = (env: NodeJS.ProcessEnv): boolean =>
  Boolean(env.LLMSTATUS_ENROL_TOKEN || env.LLMSTATUS_ENROL_TOKEN_FILE)

/** Where this machine reaches it: a server that listens everywhere also listens on loopback. */
const localUrl = (env: NodeJS.ProcessEnv): string => {
  const host = env.LLMSTATUS_HOST || '127.0.0.1'
  const here = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host)
  return `http://${here}:${env.LLMSTATUS_PORT || '8420'}`
}
