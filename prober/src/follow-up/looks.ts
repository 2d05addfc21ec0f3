import { type Plan, slotAfter } from '../schedule/plan.ts'
import type { Trouble } from './trouble.ts'

/**
 * Whether and when one endpoint is looked at again. Pure: a line and the time go in, at most one more slot comes out.
 *
 * Invariants
 * - One look at a time, and none within 20 s of the slot before it: that is at most 180 an hour, whatever happens.
 * - Looks go on until 10 min have passed without trouble. Slowness alone asks for at most 30 an hour.
 * - A look never costs the plan a slot: it is only there where it ends, even by its time-out, before the plan's next one
 *   begins. Where it does not fit, the plan's own slot is the look, and what comes of it goes on from there.
 * - A look that was not admitted bars the next one for a minute: a spent budget is not asked every 20 s.
 * - No memory of a time that has not come: a clock that was set back is believed.
 */
export interface Looks {
  readonly failedMs: number | null
  readonly slowMs: number | null
  /** The look that was asked for and has not ended. */
  readonly pendingMs: number | null
  /** The newest slot of this endpoint that has ended. */
  readonly lastMs: number
  /** Those of the last hour that slowness alone asked for. */
  readonly slowLooksMs: readonly number[]
  readonly barredUntilMs: number
}

export const noLooks: Looks = {
  failedMs: null,
  slowMs: null,
  pendingMs: null,
  lastMs: 0,
  slowLooksMs: [],
  barredUntilMs: 0,
}

/** What a line of this endpoint says here. `refused` is a look that was not admitted. */
export interface Heard {
  readonly slotMs: number
  readonly isLook: boolean
  readonly trouble: Trouble | 'refused' | null
}

export interface Moment {
  readonly nowMs: number
  readonly plan: Plan
  readonly timeoutMs: number
}

export interface Next {
  readonly looks: Looks
  /** The look to add now. */
  readonly slotMs: number | null
}

export const lookEveryMs = 20_000
const forMs = 600_000
const barMs = 60_000
const hourMs = 3_600_000
const mostSlowLooks = 30

/** After a line of the endpoint itself. A look that does not fit before the plan's next slot is left to that one. */
export const afterLine = (was: Looks, heard: Heard, at: Moment): Next => {
  const { nowMs } = at
  const before = believed(was, at)
  const looks: Looks = {
    ...before,
    failedMs: heard.trouble === 'failed' ? nowMs : before.failedMs,
    slowMs: heard.trouble === 'slow' ? nowMs : before.slowMs,
    pendingMs: heard.isLook ? null : before.pendingMs,
    lastMs: Math.max(before.lastMs, Math.min(heard.slotMs, nowMs)),
    barredUntilMs: heard.trouble === 'refused' ? nowMs + barMs : before.barredUntilMs,
  }
  const slotMs = nextSlotMs(looks, at)
  if (slotMs === null || isLately(looks.failedMs, slotMs)) return asked(looks, slotMs)
  const isAllowed = isLately(looks.slowMs, slotMs) && looks.slowLooksMs.length < mostSlowLooks
  return isAllowed ? asked({ ...looks, slowLooksMs: [...looks.slowLooksMs, slotMs] }, slotMs) : asked(looks, null)
}

/** After something failed that fails together with it: one look, and what comes of it decides. */
export const afterSibling = (was: Looks, at: Moment): Next => {
  const looks = believed(was, at)
  return asked(looks, nextSlotMs(looks, at))
}

const asked = (looks: Looks, slotMs: number | null): Next => ({
  looks: slotMs === null ? looks : { ...looks, pendingMs: slotMs },
  slotMs,
})

const isLately = (troubleMs: number | null, slotMs: number): boolean =>
  troubleMs !== null && slotMs - troubleMs <= forMs

const nextSlotMs = ({ pendingMs, lastMs, barredUntilMs }: Looks, { nowMs, plan, timeoutMs }: Moment): number | null => {
  if (pendingMs !== null) return null
  const slotMs = Math.max(nowMs, lastMs + lookEveryMs, barredUntilMs)
  return slotAfter(plan, nowMs) > slotMs + timeoutMs ? slotMs : null
}

/** What the clock says now bounds everything; a look that should have ended long ago was lost with its endpoint. */
const believed = (looks: Looks, { nowMs, timeoutMs }: Moment): Looks => {
  const until = (ms: number | null) => (ms === null ? null : Math.min(ms, nowMs))
  const { pendingMs } = looks
  const isLost = pendingMs !== null && (nowMs - pendingMs > timeoutMs + 2 * barMs || pendingMs - nowMs > 2 * barMs)
  return {
    failedMs: until(looks.failedMs),
    slowMs: until(looks.slowMs),
    pendingMs: isLost ? null : pendingMs,
    lastMs: Math.min(looks.lastMs, nowMs),
    slowLooksMs: looks.slowLooksMs.map(ms => Math.min(ms, nowMs + barMs)).filter(ms => nowMs - ms < hourMs),
    barredUntilMs: Math.min(looks.barredUntilMs, nowMs + barMs),
  }
}
