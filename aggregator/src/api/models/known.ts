import { nearest } from '@llmstatus/shared/did-you-mean'
import type { ProviderModel } from '@llmstatus/shared/provider-file'
import { type Catalogue, infoOf, type ProviderInfo } from '../providers.ts'
import type { EndpointRow } from '../status-queries.ts'

/** Every model that is measured, and every one that a provider file names. Pure. */

export interface KnownModel {
  /** provider/model: unique, because a provider's id has no slash. */
  readonly id: string
  readonly provider: string
  readonly model: string
  readonly info: ProviderInfo
  /** Empty where nobody measures it. */
  readonly endpoints: readonly EndpointRow[]
  readonly told: ProviderModel | null
}

export const knownModels = (endpoints: readonly EndpointRow[], catalogue: Catalogue): readonly KnownModel[] => {
  const measured = Map.groupBy(
    endpoints.filter(row => row.model !== ''),
    (row): string => `${row.provider}/${row.model}`,
  )
  const told = new Map<string, ProviderModel>(
    [...catalogue].flatMap(([provider, { models = [] }]) =>
      models.map(model => [`${provider}/${model.id}`, model] as const),
    ),
  )
  const ids = [...new Set([...measured.keys(), ...told.keys()])].sort()
  return ids.map(id => {
    const provider = id.slice(0, id.indexOf('/'))
    const model = id.slice(provider.length + 1)
    const info = infoOf(catalogue, provider)
    return { id, provider, model, info, endpoints: measured.get(id) ?? [], told: told.get(id) ?? null }
  })
}

export type Meant =
  | { readonly ok: true; readonly model: KnownModel }
  | { readonly ok: false; readonly problem: 'ambiguous_model'; readonly candidates: readonly string[] }
  | { readonly ok: false; readonly problem: 'unknown_model'; readonly nearest: string | null }

/** Whole ids come first. A bare one is that of what is measured, and only then of what could be. */
export const meantBy = (asked: string, known: readonly KnownModel[]): Meant => {
  const whole = known.find(one => one.id === asked)
  if (whole !== undefined) return { ok: true, model: whole }
  const named = known.filter(one => one.model === asked)
  const measured = named.filter(one => one.endpoints.length > 0)
  const candidates = measured.length > 0 ? measured : named
  const [only] = candidates
  if (only === undefined) return { ok: false, problem: 'unknown_model', nearest: nearestTo(asked, known) }
  if (candidates.length === 1) return { ok: true, model: only }
  return { ok: false, problem: 'ambiguous_model', candidates: candidates.map(one => one.id) }
}

const nearestTo = (asked: string, known: readonly KnownModel[]): string | null => {
  const whole = nearest(
    asked,
    known.map(one => one.id),
  )
  if (whole !== null) return whole
  const bare = nearest(
    asked,
    known.map(one => one.model),
  )
  return known.find(one => one.model === bare)?.id ?? null
}

/** By any part of its name, whatever the case. */
export const matching = (known: readonly KnownModel[], q: string): readonly KnownModel[] => {
  const words = q.toLowerCase().split(/\s+/)
  return known.filter(({ id, info }) => words.every(word => `${id} ${info.name}`.toLowerCase().includes(word)))
}
