import { uuid7 } from '@llmstatus/shared/ids'
import type { BudgetStatus } from './budget/status.ts'
import { type Readiness, startHealthServer } from './cli/health-server.ts'
import type { Started } from './cli/shell.ts'
import type { ProberSettings } from './config/settings.ts'
import { openGate } from './gate.ts'
import type { Log } from './log.ts'
import type { Measuring, MeasuringDeps } from './measuring.ts'
import { createCounts } from './metrics/counts.ts'
import { onDisk } from './on-disk.ts'
import { openPlan } from './plan-in-force.ts'
import type { Clock, Random } from './probe.ts'
import { loadReached, saveReached } from './reached-file.ts'
import { pinnedBy } from './remote-definitions/trusted-keys.ts'
import type { Door } from './report/door.ts'
import { type Joined, join } from './report/join.ts'
import { nameOfHost } from './report/name.ts'
import { identityOn, startReporting } from './reporting.ts'
import { openResults, type Results } from './results.ts'
import { bootSlots } from './schedule/boot.ts'
import { startSchedule, type Wait } from './schedule/run-schedule.ts'
import type { Files } from './spool/files.ts'
import { metricsOf, type Parts, readinessOf, type Usage } from './status.ts'
import { controlsOf } from './vantage/control.ts'

/** The whole program, with everything that is not a value passed in. */
export interface ProberDeps {
  readonly settings: ProberSettings
  readonly version: string
  readonly hostName: string
  readonly clock: Clock
  readonly wait: Wait
  readonly random: Random
  readonly log: Log
  /** Gives back what releases it. */
  readonly lockFolder: (folder: string) => () => void
  readonly openFiles: (folder: string) => Files
  readonly openDoor: (url: string) => Door
  readonly usage: Usage
  readonly startMeasuring: (known: Pick<MeasuringDeps, 'reached' | 'log'>) => Promise<Omit<Measuring, 'calibrate'>>
}

export interface RunningProber extends Started {
  readonly readiness: () => Readiness
  readonly budget: () => readonly BudgetStatus[]
}

/** So few that they do not disturb each other; at 200 probes a minute of two seconds each seven run at once. */
const mostAtOnce = 16
const stopWithin = { measuringMs: 5000, sendingMs: 3000 } as const

/** In this order, and closed in reverse: what was begun is given back also where a later step fails. */
export const createProber = async (deps: ProberDeps): Promise<RunningProber> => {
  await using opened = new AsyncDisposableStack()
  const { settings, clock, log } = deps
  const now: Partial<Parts> = {}
  const counts = createCounts()
  opened.defer(deps.lockFolder(settings.dataDir))
  const health = await startHealthServer({
    ...settings.health,
    readiness: () => readinessOf(now, clock),
    metrics: () => metricsOf(now, { ...deps, counts }),
  })
  opened.defer(health.close)

  // who it is, and what it is to measure
  const files = deps.openFiles(settings.dataDir)
  const ask = await join({ ...deps, ...joiningWith(deps), files })
  const identity = identityOn(files)
  const opening = openPlan({ ...deps, files, aggregatorKeys: async () => pinnedBy(await identity()) })
  const plan = await onDisk(settings, opening)
  for (const line of plan.text()) log.info(line)
  const measuring = deps.startMeasuring({ reached: await loadReached(files), log })
  opened.defer(async () => (await measuring).close())
  const joined = await onDisk(settings, ask())
  const { probes: own, ...path } = await measuring
  const measured = () => [...own, ...plan.probes()]
  const others = { listed: settings.controls, aggregator: aggregatorSeen(settings, joined) }
  const controls = () => controlsOf({ ...others, probes: plan.probes() })
  const controlProbes = () => controls().map(({ probe }) => probe)

  // from a line to a receipt
  const shared = { clock, log, files, seed: joined.seed, newId: () => uuid7(clock.nowMs(), deps.random(10)) }
  const openingResults = openResults({
    ...shared,
    ...spoolFolders(deps),
    probes: measured(),
    unplanned: controlProbes,
    keep: async () => {
      await saveReached(files, path.reached.entries())
      await now.gate?.keep()
    },
    onAppended: () => now.reporter?.wake(),
    onLost: counts.lost,
  })
  const results = await onDisk(settings, openingResults)
  opened.defer(results.spool.close)
  const { atMs: sinceMs } = results.begin()
  const say: Results['say'] = lines => {
    lines.forEach(counts.ended)
    return results.say(lines)
  }

  // when, and whether
  const openingGate = openGate({
    ...deps,
    ...shared,
    ...path,
    say,
    controls: controls(),
    measured,
    paid: plan.probes,
    limits: plan.limits,
  })
  const gate = await onDisk(settings, openingGate)
  opened.defer(gate.close)

  // in one go: another plan may come from outside as soon as somebody asks for it, and then everybody hears of it
  const inForce = () => [...measured(), ...controlProbes()]
  const reporter = startReporting(deps, { files, joined, identity, plan, inForce, results, counts })
  opened.defer(() => reporter.stop(stopWithin.sendingMs))
  const schedule = startSchedule({ ...deps, ...shared, ...gate, probes: measured(), sinceMs, mostAtOnce, say })
  opened.defer(() => schedule.stop(stopWithin.measuringMs))
  schedule.add(bootSlots(measured(), clock.nowMs()))
  plan.onChange(({ added }) => {
    gate.replace(controls())
    results.replace(measured())
    schedule.replace(measured())
    schedule.add(bootSlots(added, clock.nowMs()))
  })

  Object.assign(now, { results, reporter, schedule, gate, plan } satisfies Parts)
  const closing = opened.move()
  return {
    healthPort: health.port,
    readiness: () => readinessOf(now, clock),
    budget: gate.spent,
    firstAccepted: reporter.firstAccepted,
    enrolled: reporter.ended,
    reload: plan.configure,
    stop: () => closing.disposeAsync(),
  }
}

/** Through a proxy nobody here sees where it is, and over http nobody knows who answers. */
const aggregatorSeen = ({ aggregator }: ProberSettings, { enrolled }: Joined) => {
  const url = aggregator.url ?? enrolled?.identity.aggregator.url ?? null
  return url === null || aggregator.proxy !== null ? null : { url, ca: aggregator.ca }
}

const joiningWith = ({ settings, hostName, openDoor }: ProberDeps) => ({
  token: settings.enrolToken,
  url: settings.aggregator.url,
  door: openDoor,
  name: settings.name ?? nameOfHost(hostName),
  region: settings.region,
})

const spoolFolders = ({ settings, openFiles }: ProberDeps) => ({
  spoolFiles: openFiles(`${settings.dataDir}/spool`),
  quarantine: openFiles(`${settings.dataDir}/quarantine`),
  maxBytes: settings.spoolMaxBytes,
})
