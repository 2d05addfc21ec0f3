import type { ResultLine } from '@llmstatus/shared/result'
import type { Measure, Probe } from '../probe.ts'

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
  readonly measure: Measure
  /** Null: it was cut off, and says nothing about the provider. */
  readonly finish: (job: Job, line: ResultLine | null) => Promise<void>
}

export const createPool = (deps: PoolDeps): Pool => {
  const waiting: Job[] = []
  const running = new Map<Job, { readonly cut: () => void; readonly done: Promise<void> }>()
  const cutting = new AbortController()
  let closed = false

  const start = (job: Job): void => {
    const { promise: cutOff, resolve } = Promise.withResolvers<null>()
    const slot = { id: deps.newId(), slotMs: job.slotMs, why: job.why }
    const line = Promise.race([deps.measure(job.probe, slot, cutting.signal), cutOff])
    const done = line.then(async result => {
      await deps.finish(job, cutting.signal.aborted ? null : result)
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
