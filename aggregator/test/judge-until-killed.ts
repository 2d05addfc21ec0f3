import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { openServer } from '../src/db/open-server.ts'
import { defaultPolicy } from '../src/judge/policy.ts'
import { leaseTimes } from '../src/lease/lease.ts'
import { startBeside } from '../src/work-beside.ts'

/**
 * One of several replicas, to be killed: node judge-until-killed.ts URL SPEED. All that runs beside ingest, with real timers that are
 * SPEED times as fast. It logs to stdout, `started` first, and never ends by itself.
 */
const [url = '', speed = '1'] = process.argv.slice(2)
const faster = Number(speed)
const { lifeMs, renewMs, lookMs } = leaseTimes

const log = pino()
startBeside(
  {
    store: openServer(url, () => undefined),
    clock: { nowMs: () => Date.now() },
    random: bytes => randomBytes(bytes),
    every: (ms, run) => {
      // at any speed, what is due each minute is due during a test
      const timer = setInterval(run, Math.min(ms / faster, 5_000 / faster))
      return () => clearInterval(timer)
    },
    log,
    policy: defaultPolicy,
    providers: new Map(),
    kept: { resultDays: 30, ledgerDays: 400 },
    times: { lifeMs: lifeMs / faster, renewMs: renewMs / faster, lookMs: lookMs / faster },
  },
  () => undefined,
)
log.info('started')
