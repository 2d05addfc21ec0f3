import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeFlags } from '../prober/src/cli/node-flags.ts'
import { freePort } from '../tasks/free-port.ts'
import { answersOk, until } from '../tasks/run/ready.ts'
import { programFile, runProgram, type Started, startProgram } from './programs.ts'
import { startSimulator } from './simulator-process.ts'

/** A real aggregator, simulated providers over TLS, and probers that are enrolled with the one and measure the others. */
export interface Setting {
  /** A first start, with a token and an empty data folder of its own; confined as it ships. */
  readonly startProber: (name: string, more?: Environment) => Promise<Started>
}

type Environment = Readonly<Record<string, string>>

const mostMs = 60_000

export const proberSetting = async (
  closing: AsyncDisposableStack,
  { providers, yaml = '' }: { readonly providers: readonly string[]; readonly yaml?: string },
): Promise<Setting> => {
  const folder = mkdtempSync(join(tmpdir(), 'llmstatus-bench-'))
  closing.defer(() => rmSync(folder, { recursive: true, force: true }))
  const { origins, ca, stop } = await startSimulator(providers, [])
  closing.defer(stop)
  const { url, env } = await startAggregator(closing, join(folder, 'aggregator'))

  writeFileSync(join(folder, 'ca.pem'), ca)
  const credential = (id: string) =>
    `  - { name: ${id}, provider: ${id}, origin: "${origins[id]?.https}", ca_file: ca.pem, secret: "env:KEY" }\n`
  writeFileSync(join(folder, 'prober.yaml'), `version: 1\ncredentials:\n${providers.map(credential).join('')}${yaml}`)
  return {
    startProber: async (name, more = {}) => {
      const token = join(folder, `token-${name}`)
      const create = ['enrol-token', 'create', '--auto-approve', '--out', token]
      await runProgram({ file: programFile('aggregator'), args: create, env })
      const dataDir = join(folder, name)
      return startProgram({
        flags: nodeFlags(dataDir),
        file: programFile('prober'),
        args: ['run'],
        env: {
          LLMSTATUS_DATA_DIR: dataDir,
          LLMSTATUS_CONFIG: join(folder, 'prober.yaml'),
          LLMSTATUS_AGGREGATOR_URL: url,
          LLMSTATUS_ENROL_TOKEN_FILE: token,
          LLMSTATUS_HEALTH_PORT: '0',
          LLMSTATUS_NAME: name,
          KEY: 'good-for-nothing',
          ...more,
        },
      })
    },
  }
}

const startAggregator = async (
  closing: AsyncDisposableStack,
  dataDir: string,
): Promise<{ readonly url: string; readonly env: Environment }> => {
  mkdirSync(dataDir)
  const port = await freePort()
  const env = { LLMSTATUS_DATA_DIR: dataDir, LLMSTATUS_PORT: String(port) }
  const started = startProgram({ file: programFile('aggregator'), args: ['serve'], env })
  closing.defer(started.stop)
  const url = `http://127.0.0.1:${port}`
  await until(() => answersOk(`${url}/readyz`), AbortSignal.timeout(mostMs))
  return { url, env }
}
