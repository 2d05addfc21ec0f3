import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { commands } from '../src/cli/commands.ts'
import { run } from '../src/cli/run.ts'
import type { Shell } from '../src/cli/shell.ts'
import { statusOf } from '../src/cli/status-of.ts'
import { realDisk } from '../src/config/disk.ts'
import { realFiles } from '../src/config/files.ts'
import { createLog, type LogTarget } from '../src/log.ts'
import { serveCommand } from '../src/serve.ts'
import { realAfter, startMs } from './test-app.ts'

const at = (place: string): string => fileURLToPath(new URL(place, import.meta.url))

/** A terminal to run commands in: real files and sockets, a clock that stands, and everything that was said kept. */
export const testShell = (env: Readonly<Record<string, string>>, pid = 1) => {
  const said = { out: '', err: '', log: '' }
  const log: LogTarget = {
    form: 'lines',
    write: text => {
      said.log += text
    },
  }
  let stop = (): void => undefined
  const stopped = new Promise<void>(resolve => {
    stop = resolve
  })
  const shell: Shell = {
    env,
    files: realFiles,
    disk: realDisk,
    processes: { pid, bootId: 'boot', startOf: each => `start of ${each}` },
    clock: { nowMs: () => startMs },
    random: randomBytes,
    out: text => {
      said.out += text
    },
    err: text => {
      said.err += text
    },
    outBytes: async bytes => {
      said.out += Buffer.from(bytes).toString('latin1')
    },
    quietLog: createLog('warn', log),
    statusOf,
    migrations: at('../src/db/migrations/'),
    providers: at('../../probe-definitions/providers/'),
    version: '0.1.0-test',
  }
  const serve = serveCommand({
    log,
    page: () => null,
    every: () => () => undefined,
    after: realAfter,
    sleep: () => new Promise(() => undefined),
    stopAsked: () => stopped,
  })
  const all = [serve, ...commands]
  return { shell, said, commands: all, run: (args: readonly string[]) => run(args, shell, all), stop: () => stop() }
}
