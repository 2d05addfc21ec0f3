import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../tasks/free-port.ts'
import { answersOk, until } from '../tasks/run/ready.ts'
import type { Bench } from './bench.ts'
import { noLimit, summarise } from './measure.ts'
import { programFile, runProgram, startProgram } from './programs.ts'
import { type SimulatorProcess, startSimulator } from './simulator-process.ts'

/**
 * From the start of the prober's process to the receipt of its first signed results by a real aggregator: enrolled,
 * calibrated, measured, sealed, sent, taken. Each run is a first start, with a token and an empty data folder.
 */

const providers = ['openai', 'anthropic', 'google_gemini', 'groq', 'mistral']
const runs = 7
const mostMs = 60_000

/** What the prober says when the first receipt has come. */
const accepted = 'the aggregator has the first results'

export const bench = {
  about: 'the prober from its start to the first signed results that a real aggregator has taken',
  run: async ({ note }) => {
    note(`${programFile('prober')} and ${programFile('aggregator')}`)
    const folder = mkdtempSync(join(tmpdir(), 'llmstatus-bench-'))
    await using closing = new AsyncDisposableStack()
    closing.defer(() => rmSync(folder, { recursive: true, force: true }))
    const simulator = await startSimulator(providers, [])
    closing.defer(simulator.stop)
    const server = await startAggregator(join(folder, 'aggregator'))
    closing.defer(server.stop)
    writeConfig(folder, simulator)
    const tookMs: number[] = []
    for (let run = 0; run <= runs; run++) tookMs.push(await oneStart(server, { folder, run }))
    // the first one also warms the aggregator, which has been running for months elsewhere
    return [{ case: 'start', metric: 'first_accepted_ms', unit: 'ms', ...summarise(tookMs.slice(1)), ...noLimit }]
  },
} satisfies Bench

interface Server {
  readonly url: string
  readonly env: NodeJS.ProcessEnv
  readonly stop: () => Promise<void>
}

const startAggregator = async (dataDir: string): Promise<Server> => {
  mkdirSync(dataDir)
  const port = await freePort()
  const env = { LLMSTATUS_DATA_DIR: dataDir, LLMSTATUS_PORT: String(port) }
  const started = startProgram({ file: programFile('aggregator'), args: ['serve'], env })
  const url = `http://127.0.0.1:${port}`
  await until(() => answersOk(`${url}/readyz`), AbortSignal.timeout(mostMs))
  return { url, env, stop: started.stop }
}

const writeConfig = (folder: string, { origins, ca }: SimulatorProcess): void => {
  writeFileSync(join(folder, 'ca.pem'), ca)
  const credential = (id: string) =>
    `  - { name: ${id}, provider: ${id}, origin: "${origins[id]?.https}", ca_file: ca.pem, secret: "env:KEY" }`
  writeFileSync(join(folder, 'prober.yaml'), `version: 1\ncredentials:\n${providers.map(credential).join('\n')}\n`)
}

const oneStart = async (
  server: Server,
  { folder, run }: { readonly folder: string; readonly run: number },
): Promise<number> => {
  const token = join(folder, `token-${run}`)
  const create = ['enrol-token', 'create', '--auto-approve', '--out', token]
  await runProgram({ file: programFile('aggregator'), args: create, env: server.env })
  const env = {
    LLMSTATUS_DATA_DIR: join(folder, `prober-${run}`),
    LLMSTATUS_CONFIG: join(folder, 'prober.yaml'),
    LLMSTATUS_AGGREGATOR_URL: server.url,
    LLMSTATUS_ENROL_TOKEN_FILE: token,
    LLMSTATUS_HEALTH_PORT: '0',
    LLMSTATUS_NAME: `bench-${run}`,
    KEY: 'good-for-nothing',
  }
  const startMs = performance.now()
  const started = startProgram({ file: programFile('prober'), args: ['run'], env })
  const late = setTimeout(() => started.child.kill('SIGKILL'), mostMs)
  await started.says(accepted)
  const tookMs = performance.now() - startMs
  clearTimeout(late)
  await started.stop()
  return tookMs
}
