import { z } from 'zod'
import type { ToldIncident } from '../incident-feed.ts'
import type { Catalogue } from '../providers.ts'
import { type Asked, found, notFound, type Route } from '../route.ts'
import type { Ask } from '../snapshot.ts'
import { atom, rss } from './feed-of.ts'

/** /feed.xml and /feed/{provider}.xml. */

const formats = {
  rss: { write: rss, type: 'application/rss+xml; charset=utf-8' },
  atom: { write: atom, type: 'application/atom+xml; charset=utf-8' },
} as const

const Query = z.strictObject({ format: z.enum(['rss', 'atom']).default('rss') })
const Path = z.strictObject({ provider: z.string().min(1).max(64) })

const enoughMs = 5_000

export const feedRoutes = (providers: Catalogue, incidents: Ask<readonly ToldIncident[]>): readonly Route[] => {
  const answer = async ({ query, origin }: Asked, provider: string | null) => {
    const { format } = query as z.infer<typeof Query>
    const { write, type } = formats[format]
    const { value, ageMs } = await incidents(enoughMs)
    const name = provider === null ? null : providers.get(provider)?.name
    const path = provider === null ? '/feed.xml' : `/feed/${provider}.xml`
    const feed = {
      title: name === null ? 'LLM Status' : `LLM Status: ${name}`,
      self: `${origin}${path}${format === 'rss' ? '' : '?format=atom'}`,
      origin,
      incidents: provider === null ? value : value.filter(one => one.provider === provider),
      catalogue: providers,
    }
    return found(write(feed), { type, ageMs })
  }
  return [
    {
      ...common,
      path: '/feed.xml',
      summary: 'Incidents as RSS, or as Atom with ?format=atom',
      problems: ['bad_request', 'unavailable'],
      example: '/feed.xml',
      answer: asked => answer(asked, null),
    },
    {
      ...common,
      path: '/feed/{provider}.xml',
      summary: 'The incidents of one provider',
      inPath: Path,
      problems: ['bad_request', 'not_found', 'unavailable'],
      example: '/feed/anthropic.xml',
      answer: async asked => {
        const { provider } = asked.path as z.infer<typeof Path>
        return providers.has(provider) ? answer(asked, provider) : notFound
      },
    },
  ]
}

const common = {
  method: 'GET',
  access: 'public',
  keptS: 60,
  tag: 'feeds',
  inQuery: Query,
  answers: { 200: { description: 'The feed', schema: null, type: 'application/rss+xml' } },
} as const
