import type { FastifyInstance } from 'fastify'
import { doorSchemas, doors } from './doors.ts'
import { IncidentDetail, IncidentList } from './incident-schema.ts'
import { incidentRoutes } from './incidents.ts'
import { NoticeList } from './notice-schema.ts'
import { noticesRoute } from './notices.ts'
import { openApiOf } from './openapi.ts'
import { type Page, registerPage } from './page.ts'
import { addRoute, found, type Operation, type Route } from './route.ts'
import { type StatusDeps, statusRoute } from './status-route.ts'
import { Status } from './status-schema.ts'

export interface ApiDeps extends StatusDeps {
  readonly version: string
  /** The built page; null where it has not been built. */
  readonly page: Page | null
}

/** Everything that people and machines read. Errors and unknown routes are problem.ts's. */
export const registerApi = (app: FastifyInstance, deps: ApiDeps): void => {
  const routes = [statusRoute(deps), ...incidentRoutes(deps), noticesRoute(deps)]
  for (const route of routes) addRoute(app, route)
  addRoute(app, openApiRoute(routes, deps.version))
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
  const schemas = { Status, IncidentList, IncidentDetail, NoticeList, ...doorSchemas }
  const document = openApiOf({ version, operations: [...routes, described, ...doors], schemas })
  return { ...described, answer: async () => found(document) }
}
