/** The same two programs against simulated providers, and an outage that opens and resolves while somebody watches. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildDashboardIfStale } from './build/dashboard.ts'
import { freePort } from './free-port.ts'
import { root } from './root.ts'
import { startLocal } from './run/local.ts'
import { play } from './run/play.ts'
import { say } from './run/program.ts'
import { answersOk, until } from './run/ready.ts'
import { controlOf, demoConfig } from './run/simulator.ts'
import { forever, type Together, together } from './run/together.ts'
import { systemEnvironment } from './system-environment.ts'

const simulated = ['openai', 'groq', 'mistral', 'deepseek', 'xai']
const victim = 'mistral'
const every = '4s'
const withinMs = 150_000

const { values: options } = parseArgs({
  options: { once: { type: 'boolean', default: false }, data: { type: 'string', default: join(root, 'data/demo') } },
})
const dataDir = resolve(options.data)

const tell = (line: string): void => say('demo', line)

const main = async (): Promise<number> => {
  await buildDashboardIfStale()
  rmSync(dataDir, { recursive: true, force: true })
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  let went = true
  const code = await together(async all => {
    went = await demonstrate(all)
    if (!options.once) await all.during(forever)
  })
  return code === 0 && !went ? 1 : code
}

const demonstrate = async (all: Together): Promise<boolean> => {
  const control = await startSimulator(all)
  const config = join(dataDir, 'prober.yaml')
  writeFileSync(config, demoConfig(await control.providers(), every))
  const url = await startLocal(all, { env: await demoEnvironment(config), dataDir, onReady: greet })
  const went = await all.during(ending => play({ url, provider: victim, control, tell, ending }, withinMs))
  if (went) tell(options.once ? 'that was all' : `that was all; it goes on until Ctrl-C, on ${url}`)
  else tell(`it did not come to its end within ${withinMs / 1000} s`)
  return went
}

const startSimulator = async (all: Together) => {
  const port = await freePort(8430)
  const args = ['simulator/src/main.ts', '--control', String(port), '--only', simulated.join(',')]
  all.start({ name: 'simulator', args, env: systemEnvironment(process.env) })
  const url = `http://127.0.0.1:${port}`
  await all.during(ending => until(() => answersOk(`${url}/_sim/providers`), ending))
  return controlOf(url)
}

/** Nothing of the person's own: no key and no setting may reach a demonstration. */
const demoEnvironment = async (config: string): Promise<NodeJS.ProcessEnv> => ({
  ...systemEnvironment(process.env),
  LLMSTATUS_PORT: String(await freePort(8420)),
  LLMSTATUS_HEALTH_PORT: '0', // any
  LLMSTATUS_POLICY: join(root, 'demo.policy.yaml'),
  LLMSTATUS_CONFIG: config,
  LLMSTATUS_BUDGET_USD_PER_DAY: '1000',
  DEMO_KEY: 'good-for-nothing',
})

const greet = (url: string): void => {
  process.stdout.write(
    `\n  LLM Status is at ${url}, with simulated providers: nothing here is real, nothing is billed.\n\n`,
  )
}

process.exitCode = await main()
