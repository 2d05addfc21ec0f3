import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { processesOf } from '@llmstatus/shared/data-folder'
import about from '../package.json' with { type: 'json' }
import { readPage } from './api/page.ts'
import { commands } from './cli/commands.ts'
import { run } from './cli/run.ts'
import type { Shell } from './cli/shell.ts'
import { statusOf } from './cli/status-of.ts'
import { realDisk } from './config/disk.ts'
import { folderFiles, realFiles } from './config/files.ts'
import { createLog } from './log.ts'
import { serveCommand } from './serve.ts'

/** Everything real: the process, its environment, clock, chance, timers, files and sockets. */

/** As a bundle everything stands beside it; from its sources, where it is kept. */
const places = import.meta.url.endsWith('.js')
  ? { migrations: './migrations/', page: './dashboard/', providers: './probe-definitions/providers/' }
  : { migrations: './db/migrations/', page: '../dashboard/dist/', providers: '../../probe-definitions/providers/' }
const at = (place: string): URL => new URL(place, import.meta.url)

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

const writeOut = (text: string): void => void process.stdout.write(text)
const writeErr = (text: string): void => void process.stderr.write(text)

const shell: Shell = {
  env: process.env,
  files: realFiles,
  disk: realDisk,
  processes: processesOf({ read: realFiles.read, pid: process.pid, isRunning }),
  clock: { nowMs: () => Date.now() },
  random: bytes => randomBytes(bytes),
  out: writeOut,
  err: writeErr,
  outBytes: bytes =>
    new Promise((resolve, reject) => {
      // a broken pipe is said to the stream too, and nobody would listen there
      process.stdout.once('error', reject)
      process.stdout.write(bytes, error => {
        if (error) return
        process.stdout.off('error', reject)
        resolve()
      })
    }),
  quietLog: createLog('warn', { form: process.stderr.isTTY ? 'pretty' : 'lines', write: writeErr }),
  statusOf,
  migrations: fileURLToPath(at(places.migrations)),
  providers: fileURLToPath(at(places.providers)),
  version: about.version,
}

const serve = serveCommand({
  log: { form: process.stdout.isTTY ? 'pretty' : 'lines', write: writeOut },
  page: () => readPage(folderFiles, at(places.page)),
  every: (ms, work) => {
    const timer = setInterval(work, ms)
    return () => clearInterval(timer)
  },
  after: (ms, work) => {
    const timer = setTimeout(work, ms)
    return () => clearTimeout(timer)
  },
  sleep: ms => new Promise(resolve => void setTimeout(resolve, ms).unref()),
  stopAsked,
})

const lingerMs = 1_000

process.exitCode = await run(process.argv.slice(2), shell, [serve, ...commands])
// what still holds the process is something that did not stop in time
setTimeout(() => process.exit(), lingerMs).unref()
