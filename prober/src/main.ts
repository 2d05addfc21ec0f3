#!/usr/bin/env node
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { lockFolder } from '@llmstatus/shared/data-folder'
import type { ReadFile } from '@llmstatus/shared/read-secret'
import about from '../package.json' with { type: 'json' }
import { linesOf } from './cli/lines.ts'
import { mainCommand } from './cli/main-command.ts'
import { refuseUnsafe } from './cli/refuse-unsafe.ts'
import { screenOf } from './cli/screen.ts'
import type { Shell } from './cli/shell.ts'
import { createStopSignals } from './cli/stop-signals.ts'
import type { DefinitionsFolder } from './config/read-definitions.ts'
import { readSettings } from './config/settings.ts'
import { dialects } from './dialects/dialects.ts'
import { runCorpus } from './egress-test/run-corpus.ts'
import { createLog } from './log.ts'
import { listFiles, lockDisk, powersOf, processesOf, readBytes, readFile, stampOf } from './machine.ts'
import { startMeasuring } from './measuring.ts'
import type { Clock } from './probe.ts'
import { createProber } from './prober.ts'
import { openSetInForce } from './remote-definitions/set-in-force.ts'
import { pinnedBy, trustedKeys } from './remote-definitions/trusted-keys.ts'
import { loadIdentity } from './report/identity-file.ts'
import { openDoor } from './report/open-door.ts'
import type { Wait } from './schedule/run-schedule.ts'
import { nodeFiles } from './spool/node-files.ts'
import type { Usage } from './status.ts'
import { readyThreads } from './threads.ts'
import { systemNameServers } from './transport/resolve.ts'

/** Everything real: the process, its environment, clock, chance, timers, files and sockets. */

readyThreads(process.env)

/** As a bundle everything stands beside it; from its sources, where it is kept. */
const definitionsAt = import.meta.url.endsWith('.js') ? './probe-definitions' : '../../probe-definitions'

const corpusAt = import.meta.url.endsWith('.js') ? './egress-corpus.yaml' : './egress-test/corpus.yaml'

const clock: Clock = { nowMs: () => Date.now(), monoUs: () => Number(process.hrtime.bigint() / 1000n) }

const wait: Wait = (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)

const usage: Usage = () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  return {
    startedMs: performance.timeOrigin,
    cpuS: (userCPUTime + systemCPUTime) / 1e6,
    residentBytes: process.memoryUsage.rss(),
  }
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

const stopAsked = (): Promise<void> =>
  new Promise(resolve => {
    const meaning = createStopSignals(clock.nowMs)
    const asked = (): void => {
      if (meaning() === 'force') process.exit(130)
      resolve()
    }
    const ending = ['SIGTERM', 'SIGINT', ...(process.stdout.isTTY ? ['SIGHUP' as const] : [])] as const
    for (const signal of ending) process.on(signal, asked)
    // Nobody listens yet, and left to itself it would end us in the middle of the start.
    process.on('SIGHUP', () => undefined)
  })

const processes = processesOf(process.pid, isRunning)

const folder: DefinitionsFolder = {
  readFile,
  listFiles,
  definitionsDir: fileURLToPath(new URL(definitionsAt, import.meta.url)),
}

const speaks: ReadonlySet<string> = new Set(Object.keys(dialects))

const quiet = createLog('silent', { write: () => undefined, form: 'lines' })

const shell: Shell = {
  version: about.version,
  settings: async (said, reads) => {
    refuseUnsafe({ env: process.env, flags: process.execArgv })
    const noted: ReadFile = path => {
      reads?.(path)
      return readFile(path)
    }
    return readSettings({ ...folder, readFile: noted, env: process.env, dialects: speaks, said })
  },
  stampOf,
  folder,
  speaks,
  keptSet: async ({ dataDir, remote }) => {
    if (remote === null) return null
    const files = nodeFiles(dataDir)
    const trusted = await trustedKeys(remote, pinnedBy(await loadIdentity(files)))
    return (
      await openSetInForce({ files, trusted: async () => trusted, nowMs: clock.nowMs, unusable: () => undefined })
    ).current()
  },
  identity: dataDir => loadIdentity(nodeFiles(dataDir)),
  files: nodeFiles,
  lines: path => linesOf(path === '-' ? process.stdin : readBytes(path)),
  openDoor: to => openDoor({ ...to, clock }),
  start: (settings, log) =>
    createProber({
      settings,
      log,
      version: about.version,
      hostName: hostname(),
      clock,
      wait,
      random: randomBytes,
      lockFolder: folder => lockFolder({ disk: lockDisk, processes, folder }),
      openFiles: nodeFiles,
      usage,
      openDoor: url => openDoor({ ...settings.aggregator, url, clock }),
      startMeasuring: known => startMeasuring({ ...known, clock, random: randomBytes }),
    }),
  powers: () => powersOf(process),
  measuring: () => startMeasuring({ clock, random: randomBytes, log: quiet, reached: [] }),
  stopAsked,
  onHangup: hear => {
    if (!process.stdout.isTTY) process.on('SIGHUP', hear)
  },
  nameServers: systemNameServers,
  egressTest: {
    corpus: fileURLToPath(new URL(corpusAt, import.meta.url)),
    run: (cases, { judged }) =>
      runCorpus(cases, {
        clock,
        random: randomBytes,
        folder,
        dialects: speaks,
        refuseUnsafe: env => refuseUnsafe({ env, flags: [] }),
        judged,
      }),
  },
  wait,
  random: randomBytes,
  nowMs: clock.nowMs,
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
  screen: { out: screenOf(process.stdout, process.env), err: screenOf(process.stderr, process.env) },
  log: {
    write: text => void process.stdout.write(text),
    form: process.stdout.isTTY ? 'pretty' : 'lines',
  },
}

/** Whoever read has gone, as with `| head`: there is nobody left to tell, and that is no bug. */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', error => {
    if ('code' in error && (error.code === 'EPIPE' || error.code === 'EIO')) process.exit(141)
    throw error
  })

const exitCode = await mainCommand(process.argv.slice(2), shell)
/** A pipe takes 64 KiB at once, and whoever reads may be slow: what was said is there before the end. */
for (const stream of [process.stdout, process.stderr]) await new Promise(resolve => stream.write('', resolve))
process.exit(exitCode)
