import { test } from 'vitest'
import { type Chance, chanceOf } from './chance-of.ts'

export const isLong = process.env.TEST_LONG === '1'

const seed = process.env.TEST_SEED ?? '1'

/**
 * A stretch of faults that a seed decides: the same in every run, others with TEST_SEED, and a failure says which they
 * were. When exactly they strike is still the machine's business.
 */
export const scenario = (name: string, run: (chance: Chance) => Promise<void>) => async (): Promise<void> => {
  try {
    await run(chanceOf(`${name} ${seed}`))
  } catch (error) {
    if (error instanceof Error) error.message += `\n(these were the faults of TEST_SEED=${seed})`
    throw error
  }
}

export const within = { timeout: isLong ? 1_800_000 : 240_000 }

export const testScenario = (name: string, run: (chance: Chance) => Promise<void>): void => {
  test(name, within, scenario(name, run))
}
