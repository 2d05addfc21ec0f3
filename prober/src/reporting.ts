import type { Log } from './log.ts'
import type { Counts } from './metrics/counts.ts'
import type { PlanInForce } from './plan-in-force.ts'
import type { Probe } from './probe.ts'
import type { ProberDeps } from './prober.ts'
import { startPolling } from './remote-definitions/poll.ts'
import { takeAsk } from './report/asks.ts'
import { type Identity, loadIdentity } from './report/identity-file.ts'
import type { Joined } from './report/join.ts'
import { isOpenToReaders } from './report/open-door.ts'
import { type Reporter, startReporter } from './report/reporter.ts'
import { signingFor } from './report/signing.ts'
import type { Results } from './results.ts'
import type { Files } from './spool/files.ts'

/** Everything that this prober has to do with its aggregator: results go there, definitions may come from there. */
export interface Reported {
  readonly files: Files
  readonly joined: Joined
  readonly identity: () => Promise<Identity | null>
  readonly plan: PlanInForce
  /** What is measured now, controls too. */
  readonly inForce: () => readonly Probe[]
  readonly results: Results
  readonly counts: Counts
}

export const startReporting = (deps: ProberDeps, reported: Reported): Reporter => {
  const { settings, clock, random, log } = deps
  const { files, joined, plan, results, counts } = reported
  const urlOf = (identity: Identity) => settings.aggregator.url ?? identity.aggregator.url
  const polling = startPolling({ ...deps, ...reported, accepts: plan.accepts, current: plan.set, offer: plan.offer })
  const signing = signingFor({ ...deps, ...settings, files, probes: reported.inForce })
  const reporter = startReporter({
    ...deps,
    ...joined,
    spool: results.spool,
    notaryOf: signing.notaryOf,
    asked: (ask, work) => takeAsk(files, ask, work),
    doorOf: identity => {
      const url = urlOf(identity)
      warnOfReaders(log, url)
      polling.begin(url)
      return deps.openDoor(url)
    },
    random: () => Buffer.from(random(4)).readUInt32BE() / 2 ** 32,
    onOffset: signing.noteOffset,
    onTaken: results.onTaken,
    onSent: result => counts.sent(result, clock.nowMs()),
  })
  return {
    ...reporter,
    stop: async withinMs => {
      await Promise.all([polling.stop(), reporter.stop(withinMs)])
    },
  }
}

const warnOfReaders = (log: Log, url: string): void => {
  if (isOpenToReaders(url)) log.warn({ url }, 'results go to the aggregator unencrypted')
}

/** As it is now: keys follow one another while the prober runs. A disk that fails leaves it as it was. */
export const identityOn = (files: Files): Reported['identity'] => {
  let last: Identity | null = null
  return async () => {
    last = await loadIdentity(files).catch(() => last)
    return last
  }
}
