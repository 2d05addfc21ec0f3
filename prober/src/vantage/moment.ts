import type { Clock } from '../probe.ts'

/** A time on both clocks: a machine that slept shows on the one, a clock that was set shows on the other. */
export interface Moment {
  readonly wallMs: number
  readonly monoMs: number
}

export const momentOf = (clock: Clock): Moment => ({ wallMs: clock.nowMs(), monoMs: clock.monoUs() / 1000 })

export const earlier = ({ wallMs, monoMs }: Moment, byMs: number): Moment => ({
  wallMs: wallMs - byMs,
  monoMs: monoMs - byMs,
})

/** The greater one of two ages: after a sleep, or a step of the clock, what we know counts as old. */
export const ageMs = (then: Moment, now: Moment): number => Math.max(now.monoMs - then.monoMs, now.wallMs - then.wallMs)
