import { togetherMs } from './evidence.ts'
import { ageMs, type Moment } from './moment.ts'

/**
 * Whether this vantage is offline, as a state that lasts between two verdicts; pure.
 *
 * Invariants
 * - Only a verdict begins it. It lasts while failures are seen, and ends with the first answer that came after it began.
 * - Without a failure in the last 30 s it is not known any more: a machine that slept wakes up knowing nothing.
 */
export interface Standing {
  readonly is: 'online' | 'offline' | 'unknown'
  readonly since: Moment
  /** While offline, the last failure; it is what the state stands on. */
  readonly failed: Moment | null
}

export const standingAtStart = (now: Moment): Standing => ({ is: 'unknown', since: now, failed: null })

export const wentOffline = (now: Moment): Standing => ({ is: 'offline', since: now, failed: now })

export const sawAnswer = (standing: Standing, at: Moment): Standing => {
  if (standing.is === 'online' || at.monoMs <= standing.since.monoMs) return standing
  return { is: 'online', since: at, failed: null }
}

export const sawFailure = (standing: Standing, at: Moment): Standing =>
  standing.is === 'offline' ? { ...standing, failed: at } : standing

export const standingNow = (standing: Standing, now: Moment): Standing => {
  const isStale = standing.failed !== null && ageMs(standing.failed, now) > togetherMs
  return standing.is === 'offline' && isStale ? standingAtStart(now) : standing
}
