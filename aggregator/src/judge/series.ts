import { type Blame, blameOf, type Outcome } from '@llmstatus/shared/outcome'
import type { ProbeType } from '@llmstatus/shared/result'
import type { Policy } from './policy.ts'

/** The results of one endpoint from one vantage, as a judgement reads them. */

export interface Seen {
  readonly slotMs: number
  readonly why: string
  readonly outcome: Outcome
  readonly signal: string | null
  readonly httpStatus: number | null
  readonly firstTokenMs: number | null
  readonly totalMs: number | null
  /** Between two tokens; where nobody counts them there is none. */
  readonly perTokenMs?: number | null
  /** Too old when it came: it fills history, and says nothing of now. */
  readonly late: boolean
}

export interface Thresholds {
  readonly firstTokenMs: number | null
  readonly totalMs: number | null
  /** From the floor that was agreed for tokens per second. */
  readonly perTokenMs?: number | null
  /** Whether it was agreed or is what is usual here, or what holds for everybody about whom nothing is known. */
  readonly basis: 'known' | 'general'
}

export interface Series {
  readonly type: ProbeType
  /** The planned interval, or the timeout where that is longer: a probe that hangs skips the slots behind it. */
  readonly intervalMs: number
  readonly thresholds: Thresholds
  readonly results: readonly Seen[]
}

export type Counts = 'ok' | 'failed' | Exclude<Blame, 'provider'> | 'nothing'

/** What a result counts as. Only ok and failed say something about the provider. */
export const countsAs = (type: ProbeType, result: Seen): Counts => {
  if (result.outcome === 'ok') return 'ok'
  const blame = blameOf(result.outcome, result.signal)
  if (blame === null) return 'nothing'
  if (blame === 'provider') return 'failed'
  const edgeAnswered = type === 'reachability' && blame !== 'vantage' && result.httpStatus !== null
  return edgeAnswered ? 'ok' : blame
}

export const isCountable = (type: ProbeType, result: Seen): boolean => {
  const counts = countsAs(type, result)
  return counts === 'ok' || counts === 'failed'
}

export interface Window {
  /** The newest result's slot, not the clock: a judgement must not depend on how long delivery took. */
  readonly endMs: number
  readonly lengthMs: number
  /** With fewer results inside, it reaches back to the last so many, */
  readonly least: number
  /** but never further than this before its end. */
  readonly furthestMs: number
}

/** `results` ascend by slot. */
export const inWindow = <T extends { readonly slotMs: number }>(
  results: readonly T[],
  window: Window,
): readonly T[] => {
  const inside = results.filter(result => result.slotMs >= window.endMs - window.lengthMs)
  if (inside.length >= window.least) return inside
  const furthest = window.endMs - Math.max(window.furthestMs, window.lengthMs)
  return results.slice(-window.least).filter(result => result.slotMs >= furthest)
}

/** How far apart the first and the last of them are, never less than the window they were looked for in. */
export const spanS = (results: readonly { readonly slotMs: number }[], window: Window): number =>
  Math.round(Math.max(window.lengthMs, window.endMs - (results[0]?.slotMs ?? window.endMs)) / 1000)

/** How far before now a judgement may look: its longest window, behind a newest result that is about to be too old. */
export const reachMs = (intervalMs: number, { slow, quiet, hold, outage, degraded }: Policy): number => {
  const windowMs = Math.max(slow.windowMs, hold.windowMs, outage.windowMs, degraded.windowMs, degraded.longWindowMs)
  const stretchedMs = Math.min(slow.results * intervalMs, slow.longestWindowMs)
  return quiet.intervals * intervalMs + quiet.graceMs + Math.max(windowMs, stretchedMs)
}
