import type { ToldIncident } from '../incident-feed.ts'
import type { Present } from '../present.ts'
import type { Catalogue } from '../providers.ts'
import { found, type Route } from '../route.ts'
import type { Ask } from '../snapshot.ts'
import { type About, componentsOf, incidentsOf, type PageRows, pageOf, statusOf } from './page-of.ts'

/** GET /api/v2/*.json. Whoever reads a Statuspage reads this, and goes on reading while the database is away. */

export interface StatuspageDeps {
  readonly providers: Catalogue
  readonly present: Ask<Present>
  readonly incidents: Ask<readonly ToldIncident[]>
}

interface Part {
  readonly name: string
  readonly schema: string
  readonly summary: string
  readonly of: (rows: PageRows, about: About) => object
}

const parts: readonly Part[] = [
  {
    name: 'status',
    schema: 'PageStatus',
    summary: 'Everything in one word and one sentence',
    of: rows => ({ status: statusOf(rows) }),
  },
  {
    name: 'summary',
    schema: 'PageSummary',
    summary: 'Providers as components, and the incidents that are open',
    of: (rows, about) => ({
      components: componentsOf(rows),
      incidents: incidentsOf({ ...rows, incidents: rows.incidents.filter(one => one.resolvedMs === null) }, about),
      scheduled_maintenances: [],
      status: statusOf(rows),
    }),
  },
  {
    name: 'components',
    schema: 'PageComponents',
    summary: 'Providers as components',
    of: rows => ({ components: componentsOf(rows) }),
  },
  {
    name: 'incidents',
    schema: 'PageIncidents',
    summary: 'The last 50 incidents with everything that was said of them',
    of: (rows, about) => ({ incidents: incidentsOf(rows, about) }),
  },
  {
    name: 'scheduled-maintenances',
    schema: 'PageMaintenances',
    summary: 'Announced maintenance: none is known here',
    of: () => ({ scheduled_maintenances: [] }),
  },
]

export const enoughMs = 1_000

export const statuspageRoutes = ({ providers, present, incidents }: StatuspageDeps): readonly Route[] =>
  parts.map(({ name, schema, summary, of }) => ({
    method: 'GET',
    path: `/api/v2/${name}.json`,
    access: 'public',
    keptS: 10,
    tag: 'statuspage',
    summary,
    answers: { 200: { description: 'The Statuspage shape', schema } },
    problems: ['unavailable'],
    example: `/api/v2/${name}.json`,
    answer: async ({ origin }) => {
      const now = await present(enoughMs)
      const told = await incidents(enoughMs)
      const rows = { status: now.value.status, incidents: told.value }
      const about = { catalogue: providers, origin }
      return found({ page: pageOf(rows, about), ...of(rows, about) }, { ageMs: Math.max(now.ageMs, told.ageMs) })
    },
  }))
