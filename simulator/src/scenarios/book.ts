import { draw } from '../random.ts'
import { type Removal, type Scenario, type Stage, scenarios } from './schema.ts'

/**
 * What is to happen, and to which share of what comes.
 *
 * Invariants
 * - One scenario for each provider and one for each of its models; a later one replaces it. A model's goes before its
 *   provider's.
 * - What falls outside the share is healthy. Who falls outside depends on the seed, the provider and a running number,
 *   and not on time.
 */
export interface Book {
  readonly put: (scenario: Scenario) => void
  readonly remove: (removal: Removal) => void
  readonly all: () => readonly Scenario[]
  /** Null: healthy. */
  readonly pick: (at: {
    readonly provider: string
    readonly model: string | null
    readonly stages: readonly Stage[]
  }) => Scenario | null
}

export const createBook = (seed: number): Book => {
  const entries = new Map<string, { readonly scenario: Scenario; drawn: number }>()
  const keyOf = (provider: string, model: string | null | undefined) => `${provider}\u0000${model ?? ''}`
  return {
    put: scenario => void entries.set(keyOf(scenario.provider, scenario.model), { scenario, drawn: 0 }),
    remove(removal) {
      for (const [key, { scenario }] of entries) {
        const named = removal.provider === undefined || removal.provider === scenario.provider
        if (named && (removal.model === undefined || removal.model === scenario.model)) entries.delete(key)
      }
    },
    all: () => [...entries.values()].map(entry => entry.scenario),
    pick({ provider, model, stages }) {
      const own = model === null ? undefined : entries.get(keyOf(provider, model))
      const entry = own ?? entries.get(keyOf(provider, null))
      if (entry === undefined || !stages.includes(scenarios[entry.scenario.do].stage)) return null
      entry.drawn += 1
      return draw(seed, provider, model ?? '', entry.drawn) < entry.scenario.share ? entry.scenario : null
    },
  }
}
