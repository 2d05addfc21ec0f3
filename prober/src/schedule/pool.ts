import type { Skip } from '@llmstatus/shared/outcome'
import type { ResultLine } from '@llmstatus/shared/result'
import type { Clock, Measure, Probe } from '../probe.ts'
import type { Admit } from './admission.ts'

/** One slot to measure now. */
export interface Job {
  readonly probe: Probe
  readonly slotMs: number
  readonly why: ResultLine['why']
  /** A look that starts later than this would still run when the plan wants its endpoint. */
  readonly startByMs?: number
}

/**
 * A few at a time, in the order in which they came due.
 *
 * Invariants
 * - Looks come behind everything else, and half of the places are never theirs: when everything fails, the plan goes on.
 * - A look that can no longer end in time is an overrun, whether or not a place is free.
 */
export interface Pool {
  readonly push: (job: Job) => void
  /** Ends the looks that have waited for too long. */
  readonly tidy: () => void
  /** Takes no more, and gives back those that were waiting. */
  readonly close: () => readonly Job[]
  /** Those that still run end now, as null. */
  readonly cut: () => void
  /** Resolves when nothing runs any more. */
  readonly idle: () => Promise<void>
}

export interface PoolDeps {
  readonly mostAtOnce: number
  readonly clock: Pick<Clock, 'nowMs'>
  readonly newId: () => string
  readonly admit: Admit
  readonly measure: Measure
  readonly finish: (job: Job, end: End) => Promise<void>
}

/** Its result, or why it was not measured. Null: it was cut off, and says nothing about the provider. */
export type End = ResultLine | Skip | null

export const createPool = (deps: PoolDeps): Pool => {
  let waiting: readonly Job[] = []
  const running = new Map<Job, { readonly cut: () => void; readonly done: Promise<void> }>()
  const cutting = new AbortController()
  let closed = false

  const measured = async (job: Job): Promise<End> => {
    const reason = await deps.admit(job.probe, job.why)
    if (reason !== null || cutting.signal.aborted) return reason
    return deps.measure(job.probe, { id: deps.newId(), slotMs: job.slotMs, why: job.why }, cutting.signal)
  }

  const start = (job: Job): void => {
    const { promise: cutOff, resolve } = Promise.withResolvers<null>()
    const done = Promise.race([measured(job), cutOff]).then(async end => {
      await deps.finish(job, cutting.signal.aborted ? null : end)
      running.delete(job)
      fill()
    })
    running.set(job, { cut: () => resolve(null), done })
  }

  const mayStart = ({ why }: Job): boolean => {
    if (running.size >= deps.mostAtOnce) return false
    const looks = [...running.keys()].filter(isLook).length
    return why !== 'followup' || looks < Math.ceil(deps.mostAtOnce / 2)
  }
  const next = (): Job | undefined => waiting.find(job => !isLook(job)) ?? waiting[0]

  const tidy = (): void => {
    const nowMs = deps.clock.nowMs()
    const late = waiting.filter(({ startByMs = nowMs }) => startByMs < nowMs)
    if (late.length === 0) return
    waiting = waiting.filter(job => !late.includes(job))
    for (const job of late) void deps.finish(job, 'overrun')
  }

  const fill = (): void => {
    tidy()
    for (let job = next(); !closed && job !== undefined && mayStart(job); job = next()) {
      const started = job
      waiting = waiting.filter(each => each !== started)
      start(started)
    }
  }

  return {
    push: job => {
      waiting = [...waiting, job]
      fill()
    },
    tidy,
    close: () => {
      closed = true
      const left = waiting
      waiting = []
      return left
    },
    cut: () => {
      cutting.abort()
      for (const { cut } of running.values()) cut()
    },
    idle: async () => {
      while (running.size > 0) await Promise.all([...running.values()].map(({ done }) => done))
    },
  }
}

const isLook = ({ why }: Job): boolean => why === 'followup'
