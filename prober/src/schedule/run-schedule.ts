import type { ResultLine, SkipLine } from '@llmstatus/shared/result'
import type { Clock, Measure, Probe } from '../probe.ts'
import type { Admit, Ended } from './admission.ts'
import type { ExtraSlot } from './boot.ts'
import { sortExtras } from './extras.ts'
import { oneSlot, type Skipped, skipLine } from './lines.ts'
import { createPool, type End, type Job } from './pool.ts'
import { due, ended, startExtra } from './track.ts'
import { createTracks } from './tracks.ts'

/**
 * Starts what is due and says what became of it.
 *
 * Invariants
 * - Every slot ends as exactly one line: its result, or a skip. What is said of one endpoint is in the order of its slots.
 * - At most `mostAtOnce` measure at the same time. Who waits for a place starts late, and `slot` and `at` show it.
 * - It never naps longer than a second: a machine that slept, or a clock that was set, is noticed.
 * - Another plan counts from the moment it comes: whatever was due until then is decided by the one before, and what runs
 *   ends as what it was.
 */
export interface Schedule {
  /** When it last looked at the clock. */
  readonly lastLookMs: () => number
  /** Adds slots outside the plan. */
  readonly add: (slots: readonly ExtraSlot[]) => void
  /** From now on these. Whoever is there already stays where it is in its plan. */
  readonly replace: (probes: readonly Probe[]) => void
  /** Nothing new starts; what runs may end in this time and is a skip after it. Resolves when all is said. */
  readonly stop: (graceMs: number) => Promise<void>
}

export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>

export interface ScheduleDeps {
  readonly probes: readonly Probe[]
  /** Whose phases these are. */
  readonly seed: string
  /** Slots up to here are accounted for. */
  readonly sinceMs: number
  readonly mostAtOnce: number
  readonly clock: Clock
  readonly wait: Wait
  readonly newId: () => string
  readonly admit: Admit
  readonly measure: Measure
  readonly ended: Ended
  /** Takes lines in this order; resolves when they are on disk or given up. Never rejects. */
  readonly say: (lines: readonly (ResultLine | SkipLine)[]) => Promise<void>
}

const longestNapMs = 1000

export const startSchedule = (deps: ScheduleDeps): Schedule => {
  const { clock, newId } = deps
  const tracks = createTracks(deps)
  const pool = createPool({ ...deps, finish: (job, end) => finish(job, lineOf(job, end)) })
  let extras: readonly ExtraSlot[] = []
  let lastLookMs = clock.nowMs()
  let stopping = false
  let nap = new AbortController()

  const add = (slots: readonly ExtraSlot[]): void => {
    if (slots.length === 0) return
    extras = [...extras, ...slots]
    nap.abort()
  }
  const say = (probe: Probe, lines: readonly (ResultLine | SkipLine)[]): Promise<void> => {
    add(lines.flatMap(line => deps.ended(probe, line)))
    return deps.say(lines)
  }
  const skip = (what: Skipped): SkipLine => skipLine(newId(), what)
  const lineOf = ({ probe, slotMs, why }: Job, end: End): ResultLine | SkipLine =>
    end !== null && typeof end === 'object'
      ? end
      : skip({ probe, skip: end ?? 'shutting_down', why, run: oneSlot(slotMs) })

  const finish = async ({ probe }: Job, line: ResultLine | SkipLine): Promise<void> => {
    const { track, overrun } = ended(tracks.get(probe))
    tracks.set(probe, track)
    const skipped = overrun === null ? [] : [skip({ probe, skip: 'overrun', why: 'schedule', run: overrun })]
    await say(probe, [line, ...skipped])
  }
  const lookAtPlan = (probe: Probe): void => {
    const { track, missed, startMs } = due(tracks.get(probe), lastLookMs)
    tracks.set(probe, track)
    if (missed !== null) void say(probe, [skip({ probe, skip: 'not_running', why: 'schedule', run: missed })])
    if (startMs !== null) pool.push({ probe, slotMs: startMs, why: 'schedule' })
  }

  const lookAtExtra = ({ probe: asked, slotMs, why }: ExtraSlot): void => {
    const probe = tracks.planned(asked)
    if (probe === null) return
    const track = startExtra(tracks.get(probe))
    if (track === null) return void say(probe, [skip({ probe, skip: 'overrun', why, run: oneSlot(slotMs) })])
    tracks.set(probe, track)
    pool.push({ probe, slotMs, why, ...(why === 'followup' ? { startByMs: track.nextMs - probe.timeoutMs } : {}) })
  }

  const missExtra = ({ probe: asked, slotMs, why }: ExtraSlot): void => {
    const probe = tracks.planned(asked)
    if (probe !== null) void say(probe, [skip({ probe, skip: 'not_running', why, run: oneSlot(slotMs) })])
  }

  const look = (): void => {
    const nowMs = clock.nowMs()
    const { due, missed, later } = sortExtras(extras, { lastLookMs, nowMs })
    ;[extras, lastLookMs] = [later, nowMs]
    pool.tidy()
    missed.forEach(missExtra)
    due.forEach(lookAtExtra)
    tracks.probes().forEach(lookAtPlan)
  }

  const napMs = (): number => {
    const nextMs = Math.min(tracks.nextDueMs(), ...extras.map(({ slotMs }) => slotMs), Number.POSITIVE_INFINITY)
    return Math.min(Math.max(nextMs - clock.nowMs(), 0), longestNapMs)
  }

  const loop = async (): Promise<void> => {
    while (!stopping) {
      look()
      nap = new AbortController()
      await deps.wait(napMs(), nap.signal)
    }
  }
  const looping = loop()

  return {
    lastLookMs: () => lastLookMs,
    add,
    replace: probes => {
      if (stopping) return
      look()
      tracks.replace(probes, lastLookMs)
      nap.abort()
    },
    stop: async graceMs => {
      stopping = true
      nap.abort()
      await looping
      const waiting = pool.close()
      look()
      for (const job of [...waiting, ...pool.close()]) await finish(job, lineOf(job, null))
      await withinGrace(deps.wait, graceMs, pool.idle())
      pool.cut()
      await pool.idle()
    },
  }
}

const withinGrace = async (wait: Wait, graceMs: number, done: Promise<void>): Promise<void> => {
  const over = new AbortController()
  const early = done.then(() => over.abort())
  await Promise.race([early, wait(graceMs, over.signal)])
}
