import { z } from 'zod'
import type { Present } from '../present.ts'
import type { Catalogue } from '../providers.ts'
import { found, notFound, type Route } from '../route.ts'
import type { Ask } from '../snapshot.ts'
import { badgeMetrics, badgeOf } from './badge-of.ts'
import { badgeSvg } from './svg.ts'

const Path = z.strictObject({ provider: z.string().min(1).max(64) })
const Query = z.strictObject({
  metric: z.enum(badgeMetrics).default('state'),
})

const enoughMs = 5_000

/** Of the catalogue only: the name of somebody's own server is nobody else's to find out. */
export const badgeRoute = (providers: Catalogue, present: Ask<Present>): Route => ({
  method: 'GET',
  path: '/badge/{provider}.svg',
  access: 'public',
  keptS: 60,
  tag: 'badges',
  summary: 'A picture with the state of a provider, its uptime of a day, or its median time to the first token',
  inPath: Path,
  inQuery: Query,
  answers: { 200: { description: 'An SVG', schema: null, type: 'image/svg+xml' } },
  problems: ['bad_request', 'not_found', 'unavailable'],
  example: '/badge/openai.svg?metric=uptime',
  answer: async ({ path, query }) => {
    const { provider } = path as z.infer<typeof Path>
    const { metric } = query as z.infer<typeof Query>
    const info = providers.get(provider)
    if (info === undefined) return notFound
    const { value, ageMs } = await present(enoughMs)
    const now = value.status.providers.find(one => one.id === provider)
    const badge = badgeOf(info, now, metric)
    const stale = ageMs === 0 ? '' : `, as of ${value.status.as_of}`
    const svg = badgeSvg({ ...badge, title: `${badge.label}: ${badge.message}${stale}` })
    return found(svg, { type: 'image/svg+xml; charset=utf-8', ageMs, headers })
  },
})

const headers = { 'content-security-policy': "default-src 'none'" } as const
