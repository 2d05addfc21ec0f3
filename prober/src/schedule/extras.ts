import type { ExtraSlot } from './boot.ts'

/** Slots outside the plan that wait for their time, and what becomes of them now. */
export interface Extras {
  readonly due: readonly ExtraSlot[]
  /** Nobody was there when it was their time: what they were to see is over. */
  readonly missed: readonly ExtraSlot[]
  readonly later: readonly ExtraSlot[]
}

const tooLateMs = 60_000
const setBackMs = 60_000

/**
 * They were asked for a few seconds ahead, not for a time of day: with a clock that is set back they move, and do not wait
 * until the old time comes round.
 */
export const sortExtras = (
  extras: readonly ExtraSlot[],
  { lastLookMs, nowMs }: { readonly lastLookMs: number; readonly nowMs: number },
): Extras => {
  const backMs = lastLookMs - nowMs > setBackMs ? lastLookMs - nowMs : 0
  const moved = extras.map(extra => ({ ...extra, slotMs: extra.slotMs - backMs }))
  return {
    due: moved.filter(({ slotMs }) => slotMs <= nowMs && nowMs - slotMs <= tooLateMs),
    missed: moved.filter(({ slotMs }) => nowMs - slotMs > tooLateMs),
    later: moved.filter(({ slotMs }) => slotMs > nowMs),
  }
}
