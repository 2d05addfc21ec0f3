import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAdmin } from '../../aggregator/src/admin/control-socket.ts'
import { freePort } from '../../tasks/free-port.ts'
import { eventually, type Running, run } from '../e2e/running.ts'
import { quickStart } from './quick-start.ts'

/** A real aggregator with its own Postgres, as a process that may be killed and comes back at the same place. */
export interface AggregatorProgram {
  readonly url: string
  readonly dataDir: string
  /** For tests that want a folder beside it. */
  readonly folder: string
  readonly start: () => Promise<void>
  readonly kill: () => Promise<void>
  readonly stop: () => Promise<void>
  /** What a command said, and how it ended. */
  readonly command: (...words: readonly string[]) => Promise<{ readonly exit: number | null; readonly said: string }>
  readonly token: () => Promise<string>
  readonly remove: () => Promise<void>
}

export const aggregatorProgram = async (host = '127.0.0.1'): Promise<AggregatorProgram> => {
  const folder = mkdtempSync(join(tmpdir(), 'llmstatus-faults-'))
  const dataDir = join(folder, 'aggregator')
  mkdirSync(dataDir)
  const port = await freePort()
  const url = `http://${host}:${port}`
  const env = {
    LLMSTATUS_DATA_DIR: dataDir,
    LLMSTATUS_HOST: host,
    LLMSTATUS_PORT: String(port),
    LLMSTATUS_PUBLIC_URL: url,
    ...quickStart,
  }
  let running: Running | null = null

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    const ending = running
    running = null
    ending?.child.kill(signal)
    return (await ending?.ended) ?? null
  }
  const command: AggregatorProgram['command'] = async (...words) => {
    const asked = run(['aggregator/src/main.ts', ...words], env)
    return { exit: await asked.ended, said: asked.said() }
  }
  return {
    url,
    dataDir,
    folder,
    start: async () => {
      const started = run(['aggregator/src/main.ts', 'serve'], env)
      running = started
      await eventually(started, async () => ((await fetch(`${url}/readyz`)).ok ? true : undefined))
    },
    kill: async () => void (await end('SIGKILL')),
    stop: async () => {
      const said = running?.said
      if (running !== null && (await end('SIGTERM')) !== 0) throw new Error(`it did not end well:\n${said?.()}`)
    },
    command,
    token: async () => {
      const admin = await connectAdmin(join(dataDir, 'control.sock'))
      const made = await admin?.createToken({ ttl_ms: 24 * 3_600_000, approval: 'automatic' })
      if (made === undefined) throw new Error('nobody is there to make a token')
      return made.token
    },
    remove: async () => {
      await end('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
