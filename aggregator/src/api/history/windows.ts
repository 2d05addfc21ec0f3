import { type Level, levels, startOf } from '../../rollup/levels.ts'

/** How far back somebody looks, and the level that fits: some hundred points at most, and whole buckets. */

export const windows = ['24h', '7d', '30d', '90d'] as const
export type Window = (typeof windows)[number]

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const [minutes, hours, days] = levels

const fits: Readonly<Record<Window, { readonly spanMs: number; readonly level: Level }>> = {
  '24h': { spanMs: dayMs, level: minutes },
  '7d': { spanMs: 7 * dayMs, level: hours },
  '30d': { spanMs: 30 * dayMs, level: days },
  '90d': { spanMs: 90 * dayMs, level: days },
}

export interface Grid {
  readonly level: Level
  /** The bucket that is filled now is the last one. */
  readonly starts: readonly number[]
}

export const gridOf = (window: Window, nowMs: number): Grid => {
  const { spanMs, level } = fits[window]
  const count = Math.round(spanMs / level.stepMs)
  const last = startOf(nowMs, level)
  return { level, starts: Array.from({ length: count }, (_, n) => last - (count - 1 - n) * level.stepMs) }
}
