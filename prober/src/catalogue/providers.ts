import type { ProviderFile } from '@llmstatus/shared/provider-file'
import type { Definitions } from '../config/read-definitions.ts'
import { mainDialect } from '../config/roads.ts'
import { type SuiteCosts, suiteCosts } from '../config/suite-costs.ts'
import type { Probe } from '../probe.ts'

/** One provider file, and what it means here. */
export interface ProviderRow {
  readonly id: string
  readonly name: string
  readonly kind: ProviderFile['kind']
  readonly key: 'keyed' | 'keyless'
  readonly dialect: string
  /** Null where the suites have none to chat with. */
  readonly model: string | null
  readonly price: Price | null
  readonly suites_usd_per_day: SuiteCosts
  readonly unverified: readonly string[]
}

/** Dollars per million tokens. */
export interface Price {
  readonly input: number | null
  readonly output: number | null
  readonly as_of: string
  readonly stale: boolean
}

export const staleAfterDays = 120
const dayMs = 86_400_000

interface Here {
  readonly definitions: Definitions
  readonly probes: readonly Probe[]
  readonly dialects: ReadonlySet<string>
  readonly nowMs: number
}

export const providerRows = ({ definitions, probes, dialects, nowMs }: Here): readonly ProviderRow[] =>
  [...definitions.providers.values()].map(file => {
    const model = file.models.find(each => each.default === true)
    const isKeyed = probes.some(({ provider, credential }) => provider === file.id && credential.auth !== null)
    return {
      id: file.id,
      name: file.name,
      kind: file.kind,
      key: isKeyed ? 'keyed' : 'keyless',
      dialect: mainDialect(file),
      model: model?.id ?? null,
      price: priceOf(file, model?.id ?? null, nowMs),
      suites_usd_per_day: suiteCosts(file, definitions, dialects),
      unverified: file.unverified,
    }
  })

export const priceOf = (file: ProviderFile | undefined, model: string | null, nowMs: number): Price | null => {
  const price = file?.models.find(({ id }) => id === model)?.price
  if (price === undefined) return null
  return { ...price, stale: nowMs - Date.parse(price.as_of) > staleAfterDays * dayMs }
}
