import { exposition } from '@llmstatus/shared/exposition'
import type { Readiness } from './cli/health-server.ts'
import type { ProberSettings } from './config/settings.ts'
import type { Gate } from './gate.ts'
import type { Counts } from './metrics/counts.ts'
import { families, type Present, processFamilies } from './metrics/families.ts'
import type { PlanInForce } from './plan-in-force.ts'
import type { Clock } from './probe.ts'
import { hints } from './report/hints.ts'
import type { Reporter } from './report/reporter.ts'
import type { Results } from './results.ts'
import type { Schedule } from './schedule/run-schedule.ts'

/** What this prober says of itself on its health port, at any moment between its start and its end. */

/** What runs by now; while it starts, not everything does. */
export interface Parts {
  readonly results: Results
  readonly reporter: Reporter
  readonly schedule: Schedule
  readonly gate: Gate
  readonly plan: PlanInForce
}

/** Of the process, read when somebody asks. */
export type Usage = () => Present['process']

const standsStillMs = 10_000

export const readinessOf = ({ results, reporter, schedule }: Partial<Parts>, clock: Clock): Readiness => {
  const standing = reporter?.standing() ?? 'starting'
  const state = {
    enrolled: standing === 'approved',
    spool_writable: results?.spool.status().writable ?? false,
    schedule_moving: schedule !== undefined && clock.nowMs() - schedule.lastLookMs() < standsStillMs,
  }
  const what_to_do = standing === 'approved' || standing === 'starting' ? null : hints[standing]
  return { ready: Object.values(state).every(Boolean), ...state, standing, what_to_do }
}

interface Known {
  readonly version: string
  readonly settings: Pick<ProberSettings, 'probes' | 'spoolMaxBytes'>
  readonly clock: Clock
  readonly usage: Usage
  readonly counts: Counts
}

export const metricsOf = (now: Partial<Parts>, known: Known): string => {
  const counted = known.counts.soFar()
  const present = presentOf(now, known)
  return exposition('llmstatus_prober_', families(counted, present)) + exposition('process_', processFamilies(present))
}

const presentOf = (now: Partial<Parts>, { version, settings, clock, usage }: Known): Present => {
  const { ready, standing } = readinessOf(now, clock)
  return {
    version,
    ready,
    standing,
    vantage: now.gate?.standing() ?? 'unknown',
    endpoints: (now.plan?.probes() ?? settings.probes).length,
    definitions: now.plan?.guests() ?? null,
    spool: now.results === undefined ? null : { ...now.results.spool.status(), maxBytes: settings.spoolMaxBytes },
    budget: now.gate?.spent() ?? [],
    process: usage(),
  }
}
