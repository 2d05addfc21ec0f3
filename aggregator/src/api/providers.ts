import type { ProviderFile } from '@llmstatus/shared/provider-file'

/** Names and kinds, as the provider files give them. A local target is in none: its id is its name, and it is self-hosted. */

export const providerKinds = ['hosted', 'gateway', 'self_hosted'] as const
export type ProviderKind = (typeof providerKinds)[number]

export interface ProviderInfo {
  readonly name: string
  readonly kind: ProviderKind
}

export type Catalogue = ReadonlyMap<string, ProviderInfo>

export const catalogueOf = (files: Iterable<Pick<ProviderFile, 'id' | 'name' | 'kind'>>): Catalogue =>
  new Map([...files].map(({ id, name, kind }) => [id, { name, kind }]))

export const infoOf = (catalogue: Catalogue, id: string): ProviderInfo =>
  catalogue.get(id) ?? { name: id, kind: 'self_hosted' }
