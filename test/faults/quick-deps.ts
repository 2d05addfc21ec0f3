import { randomBytes } from 'node:crypto'
import { lockFolder } from '@llmstatus/shared/data-folder'
import { Secret } from '@llmstatus/shared/secret'
import { createReached } from '../../prober/src/egress/reached.ts'
import { createLog } from '../../prober/src/log.ts'
import { lockDisk as disk, processesOf } from '../../prober/src/machine.ts'
import type { Clock, Measure } from '../../prober/src/probe.ts'
import type { ProberDeps } from '../../prober/src/prober.ts'
import { openDoor } from '../../prober/src/report/open-door.ts'
import type { Wait } from '../../prober/src/schedule/run-schedule.ts'
import { nodeFiles } from '../../prober/src/spool/node-files.ts'
import { createSides } from '../../prober/src/vantage/sides.ts'
import { type Intervals, quickProbes } from './quick-probes.ts'

/** The whole prober, with real files and sockets; what it measures is made up, and its time is given. */
export interface QuickDeps {
  readonly name: string
  readonly dataDir: string
  readonly token: string
  /** In place of the token's own. */
  readonly url: string | null
  readonly everyMs: Intervals
  readonly spoolMaxBytes: number
  readonly clock: Clock
  readonly wait: Wait
  readonly measure: Measure
  readonly write: (text: string) => void
}

export const quickDeps = (given: QuickDeps): ProberDeps => {
  const { name, dataDir, token, url, everyMs, spoolMaxBytes, clock, wait, measure, write } = given
  return {
    settings: {
      name,
      region: null,
      continent: null,
      dataDir,
      aggregator: { url, ca: null, proxy: null },
      enrolToken: () => new Secret(token),
      health: { host: '127.0.0.1', port: 0 },
      logLevel: 'info',
      spoolMaxBytes,
      probes: quickProbes(everyMs),
      definitions: { providers: new Map(), suites: new Map(), major: [], own: new Set() },
      otherWays: [],
      controls: [],
      costPerDay: [],
      budgetUsdPerDay: 1,
      credentialLimits: [],
      remote: null,
      notes: [],
    },
    version: '0.1.0',
    hostName: 'quick',
    usage: () => ({ startedMs: 0, cpuS: 0, residentBytes: 0 }),
    clock,
    wait,
    random: randomBytes,
    log: createLog('info', { write, form: 'lines' }),
    lockFolder: folder => lockFolder({ disk, processes: processesOf(process.pid, isRunning), folder }),
    openFiles: nodeFiles,
    openDoor: to => openDoor({ url: to, ca: null, proxy: null, clock }),
    startMeasuring: async () => ({
      probes: [],
      reached: createReached(),
      sides: createSides(),
      close: async () => undefined,
      measure,
    }),
  }
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
