import { type Plan, type Run, slotAfter, slotBefore, slotsBetween } from './plan.ts'

/**
 * Where one endpoint stands in its plan. Pure: the time goes in, what is to be done comes out.
 *
 * Invariants
 * - Each slot is decided once: started, overrun or missed. The next one is computed from the wall clock, never from when
 *   the last one ended.
 * - While a slot runs, later ones are overrun. They are said after it has ended, so that what is said of an endpoint is
 *   always in the order of its slots: whatever is behind the last thing said was never said (marks.ts relies on it).
 * - A clock that jumps forward, or a machine that slept, misses slots; one that jumps back takes up its plan again at
 *   once, and does not wait until the old time comes round.
 */
export interface Track {
  readonly plan: Plan
  /** The last slot that was decided. */
  readonly decidedMs: number
  /** The one after it. */
  readonly nextMs: number
  readonly busy: boolean
  readonly overrun: Run | null
}

export interface Due {
  readonly track: Track
  /** To be said at once: nobody was there to measure these. */
  readonly missed: Run | null
  readonly startMs: number | null
}

export const startTrack = (plan: Plan, sinceMs: number): Track => ({
  plan,
  ...decided(plan, slotBefore(plan, sinceMs)),
  busy: false,
  overrun: null,
})

export const nextDueMs = ({ nextMs }: Track): number => nextMs

const decided = (plan: Plan, decidedMs: number): Pick<Track, 'decidedMs' | 'nextMs'> => ({
  decidedMs,
  nextMs: slotAfter(plan, decidedMs),
})

export const due = (track: Track, nowMs: number): Due => {
  const { plan, busy } = track
  // A small step back waits the little while: starting the same slot again would be worse.
  const steppedBack = track.decidedMs - nowMs > plan.everyMs
  if (steppedBack)
    return { track: { ...track, ...decided(plan, slotBefore(plan, nowMs)) }, missed: null, startMs: null }
  const run = nowMs < track.nextMs ? null : slotsBetween(plan, track.decidedMs, nowMs)
  if (run === null) return { track, missed: null, startMs: null }
  const next = { ...track, ...decided(plan, run.toMs) }
  if (busy) return { track: { ...next, overrun: join(track.overrun, run) }, missed: null, startMs: null }
  const missed = slotsBetween(plan, track.decidedMs, run.toMs - 1)
  return { track: { ...next, busy: true }, missed, startMs: run.toMs }
}

/** A slot that stands outside the plan: at start, or after a failure. */
export const startExtra = (track: Track): Track | null => (track.busy ? null : { ...track, busy: true })

export const ended = (track: Track): { readonly track: Track; readonly overrun: Run | null } => ({
  track: { ...track, busy: false, overrun: null },
  overrun: track.overrun,
})

const join = (before: Run | null, run: Run): Run =>
  before === null ? run : { fromMs: before.fromMs, toMs: run.toMs, count: before.count + run.count }
