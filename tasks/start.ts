/** The main job: an aggregator and a prober on this machine, and every provider whose key is at hand. */
import { mkdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { CodedError, explain } from '@llmstatus/shared/errors'
import { buildDashboardIfStale } from './build/dashboard.ts'
import { root } from './root.ts'
import { withDotEnv } from './run/dot-env.ts'
import { startLocal } from './run/local.ts'
import { providersWithKey, readProviders } from './run/provider-keys.ts'
import { forever, together } from './run/together.ts'

const { values: options } = parseArgs({ options: { env: { type: 'string', default: join(root, '.env') } } })

const write = (text: string): void => void process.stdout.write(`${text}\n`)

const main = async (): Promise<number> => {
  await buildDashboardIfStale()
  const env = withKeyless(withDotEnv(process.env, options.env))
  const dataDir = resolve(root, env.LLMSTATUS_DATA_DIR || 'data')
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  return together(async all => {
    const onReady = (url: string): void =>
      write(`\n  LLM Status is at ${url}\n  Its data is in ${nameOf(dataDir)}. Ctrl-C stops it.\n`)
    await startLocal(all, { env, dataDir, onReady })
    await all.during(forever)
  })
}

const nameOf = (folder: string): string => {
  const path = relative(root, folder)
  return path.startsWith('..') ? folder : `./${path}`
}

/** Without any key there is still something to see: whether the major providers can be reached from here. */
const withKeyless = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => {
  if (env.LLMSTATUS_KEYLESS) return env
  const found = providersWithKey(env, readProviders(join(root, 'probe-definitions/providers')))
  if (found.length > 0) return env
  write(
    'No provider key is in the environment or in .env: probing whether the major providers can be reached, without a key.',
  )
  return { ...env, LLMSTATUS_KEYLESS: 'major' }
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof CodedError)) throw error
  process.stderr.write(`${explain(error)}\n`)
  process.exitCode = error.exit
}
