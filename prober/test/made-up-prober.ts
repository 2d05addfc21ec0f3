import { randomBytes, randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockFolder } from '@llmstatus/shared/data-folder'
import { Secret } from '@llmstatus/shared/secret'
import { createReached } from '../src/egress/reached.ts'
import { createLog } from '../src/log.ts'
import { lockDisk as disk, processesOf } from '../src/machine.ts'
import { createProber } from '../src/prober.ts'
import { openDoor } from '../src/report/open-door.ts'
import type { Wait } from '../src/schedule/run-schedule.ts'
import { nodeFiles } from '../src/spool/node-files.ts'
import { createSides } from '../src/vantage/sides.ts'
import { okLine, testProbe } from './test-probe.ts'

/** The program as it is, but that what it measures is made up and quick: to be killed. */

const [dataDir = '', token = ''] = process.argv.slice(2)

const clock = { nowMs: () => Date.now(), monoUs: () => Number(process.hrtime.bigint() / 1000n) }
const wait: Wait = (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
const aCentEach = {
  billed: true,
  price: { input: 0, output: 100 },
  question: { model: 'm', system: null, messages: [], maxTokens: 100, stream: true, reasoning: false },
}
const probes = [100, 130, 170, 250, 400].map((everyMs, index) =>
  testProbe({ model: `m${index}`, everyMs, ...(everyMs === 400 ? aCentEach : {}) }),
)

const prober = await createProber({
  settings: {
    name: null,
    region: null,
    continent: null,
    dataDir,
    aggregator: { url: null, ca: null, proxy: null },
    enrolToken: () => new Secret(token),
    health: { host: '127.0.0.1', port: 0 },
    logLevel: 'warn',
    spoolMaxBytes: 1 << 24,
    probes,
    definitions: { providers: new Map(), suites: new Map(), major: [], own: new Set() },
    otherWays: [],
    controls: [],
    costPerDay: [],
    budgetUsdPerDay: 100,
    credentialLimits: [],
    remote: null,
    notes: [],
  },
  version: '0.1.0',
  hostName: 'made-up',
  usage: () => ({ startedMs: 0, cpuS: 0, residentBytes: 0 }),
  clock,
  wait,
  random: randomBytes,
  log: createLog('warn', { write: text => void process.stdout.write(text), form: 'lines' }),
  lockFolder: folder => lockFolder({ disk, processes: processesOf(process.pid, () => true), folder }),
  openFiles: nodeFiles,
  openDoor: url => openDoor({ url, ca: null, proxy: null, clock }),
  startMeasuring: async () => ({
    probes: [],
    reached: createReached(),
    sides: createSides(),
    close: async () => undefined,
    measure: async (probe, slot, signal) => {
      // Now and then one outlasts its interval.
      await wait(randomInt(10) === 0 ? randomInt(600) : randomInt(40), signal)
      return okLine(probe, slot, Date.now())
    },
  }),
})
process.once('SIGTERM', () => void prober.stop())
process.stdout.write('begun\n')
