import type { ProviderFile, ProviderModel } from '@llmstatus/shared/provider-file'

/**
 * What the provider files say: names, kinds, models and their prices, the provider's own page. A local target is in none: its
 * id is its name, and it is self-hosted.
 */

export const providerKinds = ['hosted', 'gateway', 'self_hosted'] as const
export type ProviderKind = (typeof providerKinds)[number]

export interface ProviderInfo {
  readonly name: string
  readonly kind: ProviderKind
  readonly statusPage?: string | undefined
  readonly models?: readonly ProviderModel[] | undefined
  /** The dialect in which it is asked to embed: a model that speaks it does nothing else. */
  readonly embeds?: string | undefined
}

export type Catalogue = ReadonlyMap<string, ProviderInfo>

type Told = Pick<ProviderFile, 'id' | 'name' | 'kind'> & Partial<Pick<ProviderFile, 'models' | 'status' | 'embeddings'>>

export const catalogueOf = (files: Iterable<Told>): Catalogue =>
  new Map(
    [...files].map(({ id, name, kind, models, status, embeddings }) => [
      id,
      { name, kind, statusPage: status?.page, models, embeds: embeddings?.dialect },
    ]),
  )

export const infoOf = (catalogue: Catalogue, id: string): ProviderInfo =>
  catalogue.get(id) ?? { name: id, kind: 'self_hosted' }
