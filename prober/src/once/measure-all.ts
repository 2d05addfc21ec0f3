import type { ResultLine } from '@llmstatus/shared/result'
import type { Measure, Probe } from '../probe.ts'
import { createPool } from '../schedule/pool.ts'

/**
 * So few at once that they do not disturb each other: half of what the schedule may, because here all come due in the
 * same moment.
 */
const mostAtOnce = 8

export interface MeasureAllDeps {
  readonly measure: Measure
  readonly nowMs: () => number
  readonly newId: () => string
  /** When it resolves, nothing is waited for any more. */
  readonly stopped: Promise<void>
  readonly started: (probe: Probe) => void
  /** Null: cut off. */
  readonly ended: (probe: Probe, line: ResultLine | null) => void
}

/** Every probe once, now, in the order given; resolves when all have ended or somebody asked to stop. */
export const measureAll = async (probes: readonly Probe[], deps: MeasureAllDeps): Promise<void> => {
  const { measure, nowMs, newId, started, ended } = deps
  const { promise: all, resolve } = Promise.withResolvers<void>()
  let left = probes.length
  if (left === 0) return
  const pool = createPool({
    mostAtOnce,
    clock: { nowMs },
    newId,
    admit: () => null,
    measure: (probe, slot, signal) => {
      started(probe)
      return measure(probe, slot, signal)
    },
    finish: async ({ probe }, end) => {
      ended(probe, typeof end === 'string' ? null : end)
      left -= 1
      if (left === 0) resolve()
    },
  })
  for (const probe of probes) pool.push({ probe, slotMs: nowMs(), why: 'manual' })
  await Promise.race([all, deps.stopped])
  pool.close()
  pool.cut()
  await pool.idle()
}
