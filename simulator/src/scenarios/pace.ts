/** When tokens come: the first after the request, each next after the one before. */
export interface Pace {
  readonly firstTokenMs: number
  readonly perTokenMs: number
  /** 0.2: every wait is up to 20 % shorter or longer. */
  readonly jitter: number
}

export const defaultPace: Pace = { firstTokenMs: 120, perTokenMs: 15, jitter: 0 }

/** `roll` in [0, 1). */
export const jittered = (pace: Pace, waitMs: number, roll: number): number =>
  waitMs * (1 + pace.jitter * (2 * roll - 1))
