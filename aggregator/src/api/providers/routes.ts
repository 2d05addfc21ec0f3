import { z } from 'zod'
import type { Queries } from '../../db/store.ts'
import type { Present } from '../present.ts'
import type { Catalogue } from '../providers.ts'
import { found, notFound, type Route } from '../route.ts'
import { type Ask, createSnapshot } from '../snapshot.ts'
import { detailOf, providersOf } from './provider-of.ts'
import { readVotes } from './read-votes.ts'

/** Providers: all there are, and one with what each vantage says of it. */

export interface ProviderDeps {
  readonly db: Queries
  readonly clock: { readonly nowMs: () => number }
  readonly providers: Catalogue
}

export const ProviderPath = z.strictObject({ id: z.string().min(1).max(64) })

const common = { method: 'GET', access: 'public', tag: 'providers' } as const

export const providerRoutes = ({ db, clock, providers }: ProviderDeps, present: Ask<Present>): readonly Route[] => {
  const votes = createSnapshot(() => readVotes(db), clock)
  return [
    {
      ...common,
      path: '/api/v1/providers',
      summary: 'Every provider that is known here, measured or not',
      answers: { 200: { description: 'The providers', schema: 'ProviderList' } },
      problems: ['unavailable'],
      example: '/api/v1/providers',
      answer: async () => {
        const { value, ageMs } = await present()
        return found({ as_of: value.status.as_of, providers: providersOf(value, providers) }, { ageMs })
      },
    },
    {
      ...common,
      path: '/api/v1/providers/{id}',
      summary: 'One provider: each of its endpoints, and what each vantage says of it',
      inPath: ProviderPath,
      answers: { 200: { description: 'The provider', schema: 'ProviderDetail' } },
      problems: ['bad_request', 'not_found', 'unavailable'],
      example: '/api/v1/providers/openai',
      answer: async ({ path }) => {
        const { id } = path as z.infer<typeof ProviderPath>
        const { value, ageMs } = await present()
        const provider = providersOf(value, providers).find(one => one.id === id)
        if (provider === undefined) return notFound
        const said = await votes()
        return found(detailOf(provider, value, said.value), { ageMs: Math.max(ageMs, said.ageMs) })
      },
    },
  ]
}
