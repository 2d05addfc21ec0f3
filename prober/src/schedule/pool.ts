import type { Skip } from '@llmstatus/shared/outcome'
import type { ResultLine } from '@llmstatus/shared/result'
import type { Measure, Probe } from '../probe.ts'
import type { Admit } from './admission.ts'

/** One slot to measure now. */
export interface Job {
  readonly probe: Probe
  readonly slotMs: number
  readonly why: ResultLine['why']
}

/** A few at a time, in the order in which they came due. */
export interface Pool {
  readonly push: (job: Job) => void
  /** Takes no more, and gives back those that were waiting. */
  readonly close: () => readonly Job[]
  /** Those that still run end now, as null. */
  readonly cut: () => void
  /** Resolves when nothing runs any more. */
  readonly idle: () => Promise<void>
}

export interface PoolDeps {
  readonly mostAtOnce: number
  readonly newId: () => string
  readonly admit: Admit
  readonly measure: Measure
  readonly finish: (job: Job, end: End) => Promise<void>
}

/** Its result, or why it was not measured. Null: it was cut off, and says nothing about the provider. */
export type End = ResultLine | Skip | null

export const createPool = (deps: PoolDeps): Pool => {
  const waiting: Job[] = []
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

  const fill = (): void => {
    while (!closed && running.size < deps.mostAtOnce) {
      const job = waiting.shift()
      if (job === undefined) return
      start(job)
    }
  }

  return {
    push: job => {
      waiting.push(job)
      fill()
    },
    close: () => {
      closed = true
      return waiting.splice(0)
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
