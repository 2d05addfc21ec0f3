import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import about from '../package.json' with { type: 'json' }
import { readPage } from './api/page.ts'
import { run } from './cli/run.ts'
import type { Assets, Shell } from './cli/shell.ts'
import { statusOf } from './cli/status-of.ts'
import { folderFiles, realFiles } from './config/files.ts'
import { processesFrom } from './config/processes.ts'

/** Everything real: the process, its environment, clock, chance, timers, files and sockets. */

/** As a bundle everything stands beside it; from its sources, where it is kept. */
const isBundle = import.meta.url.endsWith('.js')
const places = isBundle
  ? { migrations: './migrations/', page: './dashboard/', providers: './probe-definitions/providers/' }
  : {
      migrations: './db/migrations/',
      page: '../dashboard/dist/',
      providers: '../../probe-definitions/providers/',
    }
const at = (place: string): URL => new URL(place, import.meta.url)

const assets: Assets = {
  migrations: fileURLToPath(at(places.migrations)),
  providers: fileURLToPath(at(places.providers)),
  page: () => readPage(folderFiles, at(places.page)),
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** A terminal and a package manager both pass Ctrl-C on, so the second one within a second is the same one. */
const echoMs = 1_000

const stopAsked = (): Promise<void> =>
  new Promise(resolve => {
    let firstMs: number | null = null
    const asked = (): void => {
      if (firstMs !== null && Date.now() - firstMs > echoMs) process.exit(130)
      firstMs ??= Date.now()
      resolve()
    }
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, asked)
  })

const shell: Shell = {
  env: process.env,
  files: realFiles,
  processes: processesFrom(realFiles, { pid: process.pid, isRunning }),
  clock: { nowMs: () => Date.now() },
  random: bytes => randomBytes(bytes),
  every: (ms, work) => {
    const timer = setInterval(work, ms)
    return () => clearInterval(timer)
  },
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
  log: { write: text => void process.stdout.write(text), form: process.stdout.isTTY ? 'pretty' : 'lines' },
  stopAsked,
  sleep: ms => new Promise(resolve => void setTimeout(resolve, ms).unref()),
  statusOf,
  assets,
  version: about.version,
}

const lingerMs = 1_000

process.exitCode = await run(process.argv.slice(2), shell)
// what still holds the process is something that did not stop in time
setTimeout(() => process.exit(), lingerMs).unref()
