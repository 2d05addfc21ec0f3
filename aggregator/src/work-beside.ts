import { uuid7 } from '@llmstatus/shared/ids'
import type { Logger } from 'pino'
import type { Catalogue } from './api/providers.ts'
import { daysAhead, ensureDays } from './db/days.ts'
import type { Store } from './db/store.ts'
import { createIncidents } from './incident/run.ts'
import type { Policy } from './judge/policy.ts'
import { createJudge, type Judge } from './judge/run.ts'
import { createLease, type LeaseTimes, leaseTimes } from './lease/lease.ts'
import { createLook } from './lease/look.ts'
import { createNotices } from './notice/run.ts'
import type { Kept } from './retention/limits.ts'
import { createRetention } from './retention/run.ts'

/**
 * What runs beside ingest, and is waited for at the end, so that nobody uses a store that was closed. Results are judged by
 * whoever stored them; what time alone changes, and what opens and tells something, by the holder of the lease.
 */

export interface BesideDeps {
  readonly store: Store
  readonly clock: { readonly nowMs: () => number }
  readonly random: (bytes: number) => Uint8Array
  /** Calls again and again, until it is told to stop. */
  readonly every: (ms: number, run: () => void) => () => void
  readonly log: Logger
  readonly policy: Policy
  readonly providers: Catalogue
  readonly kept: Kept
  readonly times?: LeaseTimes
}

export interface Beside {
  readonly afterStored: (endpointIds: readonly number[]) => void
  /** By name, when each of these last came to its end in this process. */
  readonly lastSuccessMs: () => ReadonlyMap<string, number>
}

type Marked = (name: string, work: () => Promise<void>) => () => Promise<void>

const sweepMs = 5_000
const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** `opened` takes what closes each part; the last one is closed first. */
export const startBeside = (deps: BesideDeps, opened: (close: () => unknown) => void): Beside => {
  const { store, log, every } = deps
  const running = new Set<Promise<void>>()
  const ended = new Map<string, number>()
  const marked: Marked = (name, work) => async () => {
    await work()
    ended.set(name, deps.clock.nowMs())
  }
  const beside = (work: Promise<void>): void => {
    const guarded = work
      .catch((error: unknown) => log.error({ err: error }, 'work beside ingest failed'))
      .finally(() => running.delete(guarded))
    running.add(guarded)
  }
  let isStopping = false
  opened(() => Promise.all(running))
  opened(() => {
    isStopping = true
  })
  const makeDays = () => store.db.transaction().execute(trx => ensureDays(trx, daysAhead(deps.clock.nowMs())))
  const retention = marked('retention', createRetention({ ...deps, isStopping: () => isStopping }))
  beside(makeDays())
  opened(every(hourMs, () => beside(makeDays())))
  opened(every(minuteMs, oneAtATime(retention, beside)))
  const judge = startJudge({ ...deps, marked }, beside, opened)
  return {
    afterStored: ids => beside(marked('judge', () => judge.afterStored(ids))()),
    lastSuccessMs: () => ended,
  }
}

const startJudge = (
  deps: BesideDeps & { readonly marked: Marked },
  beside: (work: Promise<void>) => void,
  opened: (close: () => unknown) => void,
): Judge => {
  const { store, clock, random, every, log, marked, times = leaseTimes } = deps
  const { db } = store
  const rivals = store.engine === 'pglite' ? 'none' : 'possible'
  const lease = createLease({ db, clock, name: 'judge', holder: uuid7(clock.nowMs(), random(10)), rivals, times })
  const judge = createJudge({ ...deps, db, observe: createIncidents({ ...deps, db, lease }).observe })
  const sweep = oneAtATime(marked('judge', judge.sweep), beside)
  const look = createLook({ lease, log, taken: sweep })
  opened(() => beside(lease.release()))
  beside(look())
  opened(every(times.lookMs, oneAtATime(marked('lease', look), beside)))
  opened(every(sweepMs, () => lease.isHeld() && sweep()))
  opened(every(minuteMs, oneAtATime(marked('notices', createNotices({ ...deps, db, lease })), beside)))
  return judge
}

/** A sweep that takes longer than the time between two is not joined by another. */
const oneAtATime = (work: () => Promise<void>, start: (work: Promise<void>) => void): (() => void) => {
  let isRunning = false
  return () => {
    if (isRunning) return
    isRunning = true
    start(
      work().finally(() => {
        isRunning = false
      }),
    )
  }
}
