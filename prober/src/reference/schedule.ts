/**
 * When the reference says what. The slow one is what a person sees, a short chat like any other; the quick one is for
 * calibration, where only the distance between a write and its stamp counts.
 */
export interface EmitSchedule {
  readonly firstTokenMs: number
  readonly perTokenMs: number
  readonly tokens: number
}

export const schedules = {
  reference: { firstTokenMs: 50, perTokenMs: 5, tokens: 20 },
  'reference-quick': { firstTokenMs: 4, perTokenMs: 1, tokens: 4 },
} as const satisfies Record<string, EmitSchedule>

export type ReferenceModel = keyof typeof schedules

export const isReferenceModel = (name: unknown): name is ReferenceModel =>
  typeof name === 'string' && Object.hasOwn(schedules, name)
