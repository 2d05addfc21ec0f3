import { seededBelow, seededRandom } from '../../aggregator/test/random.ts'

/** Chance that is the same in every run. */
export interface Chance {
  /** A whole number below this one. */
  readonly below: (limit: number) => number
  readonly oneIn: (times: number) => boolean
  readonly pick: <T>(from: readonly [T, ...T[]]) => T
}

export const chanceOf = (seed: string): Chance => {
  const below = seededBelow(seededRandom(seed))
  return {
    below,
    oneIn: times => below(times) === 0,
    pick: from => from[below(from.length)] ?? from[0],
  }
}
