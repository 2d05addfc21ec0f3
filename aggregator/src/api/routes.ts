import type { FastifyInstance } from 'fastify'
import { badgeRoute } from './badge/route.ts'
import { benchmarksRoute } from './benchmarks/route.ts'
import { Benchmarks } from './benchmarks/schema.ts'
import { doorSchemas, doors } from './doors.ts'
import examples from './examples.json' with { type: 'json' }
import { feedRoutes } from './feed/routes.ts'
import { historyRoute } from './history/route.ts'
import { History } from './history/schema.ts'
import { readToldIncidents } from './incident-feed.ts'
import { IncidentDetail, IncidentList } from './incident-schema.ts'
import { incidentRoutes } from './incidents.ts'
import { llmsTxtRoute } from './llms-txt.ts'
import { metricsRoute } from './metrics/route.ts'
import { modelRoutes } from './models/routes.ts'
import { ModelDetail, ModelList, Verdict } from './models/schema.ts'
import { NoticeList } from './notice-schema.ts'
import { noticesRoute } from './notices.ts'
import { openApiOf } from './openapi.ts'
import { type Page, registerPage } from './page.ts'
import { createPresent, type PresentDeps } from './present.ts'
import { providerRoutes } from './providers/routes.ts'
import { ProviderDetail, ProviderList } from './providers/schema.ts'
import type { Reading } from './reading.ts'
import { resultsRoute } from './results/route.ts'
import { ResultPage } from './results/schema.ts'
import { addRoute, found, type Operation, type Route } from './route.ts'
import { createSnapshot } from './snapshot.ts'
import { statusRoute } from './status-route.ts'
import { Status } from './status-schema.ts'
import { statuspageRoutes } from './statuspage/routes.ts'
import { PageComponents, PageIncidents, PageMaintenances, PageStatus, PageSummary } from './statuspage/schema.ts'

export interface ApiDeps extends PresentDeps {
  readonly version: string
  readonly config: Reading
  /** Of what runs beside ingest in this process, by name, when it last came to its end. */
  readonly lastSuccessMs?: () => ReadonlyMap<string, number>
  /** The built page; null where it has not been built. */
  readonly page: Page | null
}

/** Everything that people and machines read. Errors and unknown routes are problem.ts's. */
export const registerApi = (app: FastifyInstance, deps: ApiDeps): void => {
  const present = createPresent(deps)
  const incidents = createSnapshot(() => readToldIncidents(deps.db), deps.clock)
  const routes = [
    statusRoute(present),
    ...providerRoutes(deps, present),
    historyRoute(deps),
    ...modelRoutes(deps, present),
    benchmarksRoute(deps),
    resultsRoute(deps),
    ...incidentRoutes(deps),
    ...statuspageRoutes({ ...deps, present, incidents }),
    badgeRoute(deps.providers, present),
    ...feedRoutes(deps.providers, incidents),
    llmsTxtRoute(present),
    metricsRoute({ ...deps, present }),
    noticesRoute(deps),
  ]
  for (const route of routes) addRoute(app, route, deps.config)
  addRoute(app, openApiRoute(routes, deps.version), deps.config)
  registerPage(app, deps.page)
}

const described = {
  method: 'GET',
  path: '/openapi.json',
  access: 'public',
  tag: 'about',
  summary: 'This description',
  answers: { 200: { description: 'OpenAPI 3.1', schema: null, type: 'application/json' } },
  problems: [],
} as const satisfies Operation

const openApiRoute = (routes: readonly Operation[], version: string): Route => {
  const document = openApiOf({ version, operations: [...routes, described, ...doors], schemas, examples })
  return { ...described, answer: async () => found(document) }
}

/** By the names that they have in the documentation. */
export const schemas = {
  Status,
  ProviderList,
  ProviderDetail,
  History,
  ModelList,
  ModelDetail,
  Verdict,
  Benchmarks,
  ResultPage,
  IncidentList,
  IncidentDetail,
  NoticeList,
  PageStatus,
  PageSummary,
  PageComponents,
  PageIncidents,
  PageMaintenances,
  ...doorSchemas,
} as const
