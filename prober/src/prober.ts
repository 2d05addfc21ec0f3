import { CodedError } from '@llmstatus/shared/errors'
import { uuid7 } from '@llmstatus/shared/ids'
import { openBudget } from './budget/budget.ts'
import type { BudgetStatus } from './budget/status.ts'
import { type Readiness, startHealthServer } from './cli/health-server.ts'
import type { Started } from './cli/shell.ts'
import type { ProberSettings } from './config/settings.ts'
import { openFollowUps } from './follow-up/open.ts'
import type { Log } from './log.ts'
import type { Measuring, MeasuringDeps } from './measuring.ts'
import { type Counts, createCounts } from './metrics/counts.ts'
import { openPlan, type PlanInForce } from './plan-in-force.ts'
import type { Clock, Probe, Random } from './probe.ts'
import { loadReached, saveReached } from './reached-file.ts'
import { startPolling } from './remote-definitions/poll.ts'
import { pinnedBy } from './remote-definitions/trusted-keys.ts'
import { takeAsk } from './report/asks.ts'
import type { Door } from './report/door.ts'
import { type Identity, loadIdentity } from './report/identity-file.ts'
import { type Joined, join } from './report/join.ts'
import { nameOfHost } from './report/name.ts'
import { isOpenToReaders } from './report/open-door.ts'
import { type Reporter, startReporter } from './report/reporter.ts'
import { signingFor } from './report/signing.ts'
import { openResults, type Results } from './results.ts'
import { admitAll, hearAll } from './schedule/admission.ts'
import { bootSlots } from './schedule/boot.ts'
import { startSchedule, type Wait } from './schedule/run-schedule.ts'
import type { Files } from './spool/files.ts'
import { metricsOf, type Parts, readinessOf, type Usage } from './status.ts'
import { controlsOf } from './vantage/control.ts'
import { createVantage } from './vantage/vantage.ts'

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
  opened.defer(deps.lockFolder(settings.dataDir))
  const counts = createCounts()
  const health = await startHealthServer({
    ...settings.health,
    readiness: () => readinessOf(now, clock),
    metrics: () => metricsOf(now, { ...deps, counts }),
  })
  opened.defer(health.close)
  const files = deps.openFiles(settings.dataDir)
  const ask = await join({ ...deps, ...joiningWith(deps), files })
  const identity = identityOn(files)
  const plan = await onDisk(
    settings,
    openPlan({ ...deps, files, aggregatorKeys: async () => pinnedBy(await identity()) }),
  )
  for (const line of plan.text()) log.info(line)

  const measuring = deps.startMeasuring({ reached: await loadReached(files), log })
  opened.defer(async () => (await measuring).close())
  const joined = await onDisk(settings, ask())
  const { probes: own, ...path } = await measuring
  const probes = [...own, ...plan.probes()]
  const others = { listed: settings.controls, aggregator: aggregatorSeen(settings, joined) }
  const controls = () => controlsOf({ ...others, probes: plan.probes() })

  const shared = { clock, log, probes, seed: joined.seed, newId: () => uuid7(clock.nowMs(), deps.random(10)) }
  const followUps = await onDisk(
    settings,
    openFollowUps({ ...deps, ...shared, files, probes: () => [...own, ...plan.probes()] }),
  )
  opened.defer(followUps.close)
  const budget = await onDisk(settings, openBudget({ ...deps, ...plan, files }))
  opened.defer(budget.close)
  const opening = openResults({
    ...shared,
    ...spoolFolders(deps),
    files,
    unplanned: () => controls().map(({ probe }) => probe),
    keep: async () => {
      await saveReached(files, path.reached.entries())
      await followUps.keep()
    },
    onAppended: () => now.reporter?.wake(),
    onLost: counts.lost,
  })
  const results = await onDisk(settings, opening)
  opened.defer(results.spool.close)
  const polling = startPolling({ ...deps, ...remoteOf(plan), identity })
  opened.defer(polling.stop)
  const inForce = () => [...own, ...plan.probes(), ...controls().map(({ probe }) => probe)]
  const reporter = report(deps, { probes: inForce, joined, results, counts, onEnrolled: polling.begin })
  opened.defer(() => reporter.stop(stopWithin.sendingMs))
  const { atMs: sinceMs } = results.begin()
  const vantage = createVantage({ ...deps, ...shared, ...path, controls: controls(), say: results.say })
  opened.defer(vantage.stop)
  const schedule = startSchedule({
    ...deps,
    ...shared,
    sinceMs,
    mostAtOnce,
    admit: admitAll([vantage.admit, budget.admit]),
    measure: vantage.measure,
    ended: hearAll([budget.ended, followUps.ended]),
    say: lines => {
      lines.forEach(counts.ended)
      return results.say(lines)
    },
  })
  opened.defer(() => schedule.stop(stopWithin.measuringMs))
  schedule.add(bootSlots(probes, clock.nowMs()))
  plan.onChange(({ probes: next, added }) => {
    vantage.replace(controls())
    results.replace([...own, ...next])
    schedule.replace([...own, ...next])
    schedule.add(bootSlots(added, clock.nowMs()))
  })

  Object.assign(now, { results, reporter, schedule, vantage, budget, plan })
  const closing = opened.move()
  return {
    healthPort: health.port,
    readiness: () => readinessOf(now, clock),
    budget: budget.status,
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

/** As it is now: keys follow one another while the prober runs. A disk that fails leaves it as it was. */
const identityOn = (files: Files): (() => Promise<Identity | null>) => {
  let last: Identity | null = null
  return async () => {
    last = await loadIdentity(files).catch(() => last)
    return last
  }
}

const remoteOf = ({ accepts, set, offer }: PlanInForce) => ({ accepts, current: set, offer })

/** A disk that fails now is the operator's business; later it is said in the log, and measuring goes on. */
const onDisk = async <T>({ dataDir }: ProberSettings, work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause && 'code' in cause)) throw cause
    throw new CodedError('data_dir_unusable', `The data folder ${dataDir} cannot be used (${cause.code}).`, {
      hint: 'Make room, or check who owns it and whether it is mounted read-only.',
      cause,
    })
  }
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

const report = (
  deps: ProberDeps,
  parts: {
    readonly probes: () => readonly Probe[]
    readonly onEnrolled: (url: string) => void
    readonly joined: Joined
    readonly results: Results
    readonly counts: Counts
  },
): Reporter => {
  const { settings, random, log } = deps
  const urlOf = (identity: Identity) => settings.aggregator.url ?? identity.aggregator.url
  const files = deps.openFiles(settings.dataDir)
  const signing = signingFor({ ...deps, ...settings, files, probes: parts.probes })
  return startReporter({
    ...deps,
    ...parts.joined,
    spool: parts.results.spool,
    notaryOf: signing.notaryOf,
    asked: (ask, work) => takeAsk(files, ask, work),
    doorOf: identity => {
      if (isOpenToReaders(urlOf(identity)))
        log.warn({ url: urlOf(identity) }, 'results go to the aggregator unencrypted')
      parts.onEnrolled(urlOf(identity))
      return deps.openDoor(urlOf(identity))
    },
    random: () => Buffer.from(random(4)).readUInt32BE() / 2 ** 32,
    onOffset: signing.noteOffset,
    onTaken: parts.results.onTaken,
    onSent: result => parts.counts.sent(result, deps.clock.nowMs()),
  })
}
