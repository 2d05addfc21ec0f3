import type { FastifyInstance } from 'fastify'
import type { Migration } from '../db/migrate.ts'
import { schemaIsCurrent } from '../db/ready.ts'
import type { Queries } from '../db/store.ts'
import { sendProblem } from './problem.ts'

export interface HealthDeps {
  readonly db: Queries
  readonly migrations: readonly Migration[]
}

/** healthz: this process answers · readyz: its database does too, and has the schema it needs */
export const registerHealth = (app: FastifyInstance, deps: HealthDeps): void => {
  app.get('/healthz', { config: { access: 'door' } }, async () => ({ status: 'ok' }))
  app.get('/readyz', { config: { access: 'door' } }, async (_request, reply) =>
    (await schemaIsCurrent(deps.db, deps.migrations))
      ? { status: 'ready' }
      : sendProblem(reply, 'unavailable', { detail: 'the schema is not there yet' }),
  )
}
