/** The steps in which history is kept; each has its tables. */
export interface Level {
  readonly name: string
  readonly stepMs: number
  readonly counts: 'rollup_hour'
  readonly sketches: 'sketch_hour'
}

export const levels = [
  { name: 'hour', stepMs: 3_600_000, counts: 'rollup_hour', sketches: 'sketch_hour' },
] as const satisfies readonly Level[]

export const startOf = (ms: number, level: Pick<Level, 'stepMs'>): number =>
  Math.floor(ms / level.stepMs) * level.stepMs
