/** The steps in which history is kept; each has its tables, and how long what is in them counts. */
export interface Level {
  readonly name: string
  readonly stepMs: number
  /** Null is for good. */
  readonly keptMs: number | null
  readonly counts: 'rollup_5min' | 'rollup_hour' | 'rollup_day'
  readonly sketches: 'sketch_5min' | 'sketch_hour' | 'sketch_day'
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

export const levels = [
  { name: '5min', stepMs: 5 * minuteMs, keptMs: 7 * dayMs, counts: 'rollup_5min', sketches: 'sketch_5min' },
  { name: 'hour', stepMs: hourMs, keptMs: 400 * dayMs, counts: 'rollup_hour', sketches: 'sketch_hour' },
  { name: 'day', stepMs: dayMs, keptMs: null, counts: 'rollup_day', sketches: 'sketch_day' },
] as const satisfies readonly Level[]

export const startOf = (ms: number, level: Pick<Level, 'stepMs'>): number =>
  Math.floor(ms / level.stepMs) * level.stepMs

/** What begins before this is not kept any more, so nothing is written there either. */
export const oldestStartMs = (level: Pick<Level, 'stepMs' | 'keptMs'>, nowMs: number): number =>
  level.keptMs === null ? Number.NEGATIVE_INFINITY : startOf(nowMs - level.keptMs, level)
