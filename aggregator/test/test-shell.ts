import { fileURLToPath } from 'node:url'
import type { Shell } from '../src/cli/shell.ts'
import { statusOf } from '../src/cli/status-of.ts'
import { realFiles } from '../src/config/files.ts'
import { seededRandom } from './random.ts'
import { startMs } from './test-app.ts'

const at = (place: string): string => fileURLToPath(new URL(place, import.meta.url))

/** A terminal to run commands in: real files and sockets, a clock that stands, and everything that was said kept. */
export const testShell = (env: Readonly<Record<string, string>>, pid = 1) => {
  const said = { out: '', err: '', log: '' }
  let stop = (): void => undefined
  const stopped = new Promise<void>(resolve => {
    stop = resolve
  })
  const shell: Shell = {
    env,
    files: realFiles,
    processes: { pid, bootId: 'boot', startOf: each => `start of ${each}` },
    clock: { nowMs: () => startMs },
    random: seededRandom(`shell ${pid}`),
    every: () => () => undefined,
    out: text => {
      said.out += text
    },
    err: text => {
      said.err += text
    },
    log: {
      form: 'lines',
      write: text => {
        said.log += text
      },
    },
    stopAsked: () => stopped,
    sleep: () => new Promise(() => undefined),
    statusOf,
    assets: {
      migrations: at('../src/db/migrations/'),
      providers: at('../../probe-definitions/providers/'),
      page: () => null,
    },
    version: '0.1.0-test',
  }
  return { shell, said, stop: () => stop() }
}
