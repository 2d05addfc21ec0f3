import fastify, { type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import { installCompression } from './api/compress.ts'
import { installConditional } from './api/conditional.ts'
import { createDoorGuard } from './api/door-guard.ts'
import { installHeaders } from './api/headers.ts'
import { registerHealth } from './api/health.ts'
import { installGate } from './api/host-gate.ts'
import { watchMethods } from './api/other-methods.ts'
import { installProblems, refuseAddress, refuseBytes } from './api/problem.ts'
import { type ApiDeps, registerApi } from './api/routes.ts'
import type { Settings } from './config/settings.ts'
import type { Migration } from './db/migrate.ts'
import type { Store } from './db/store.ts'
import { registerDefinitions } from './definitions/door.ts'
import { registerEnrol } from './enrol/door.ts'
import type { InflateLines } from './ingest/arrival.ts'
import { registerIngest } from './ingest/door.ts'
import { registerLedger } from './ingest/ledger-route.ts'
import type { IngestLimits } from './ingest/limits.ts'
import type { Keys } from './keys/keys.ts'

export interface AppDeps extends ApiDeps {
  readonly db: Store['db']
  readonly migrations: readonly Migration[]
  readonly keys: Keys
  readonly clock: { readonly nowMs: () => number }
  readonly random: (bytes: number) => Uint8Array
  readonly log: Logger
  readonly config: Pick<Settings, 'host' | 'publicUrl' | 'publicRead' | 'trustProxy'>
  /** Called after a commit, and not waited for. */
  readonly afterStored?: (endpointIds: readonly number[]) => void
  readonly inflate?: InflateLines
  readonly limits?: IngestLimits
  /** Calls once, later, unless it is told not to. */
  readonly after: (ms: number, run: () => void) => () => void
}

const requestTimeoutMs = 60_000
const largestBodyBytes = 1 << 20
/** A model's id may be long, and three times as long where its slashes are escaped. */
const maxParamLength = 512

/** The whole HTTP side, without a socket: main.ts listens, tests inject. */
export const buildApp = (deps: AppDeps): FastifyInstance => {
  const app = fastify({
    // what fastify itself says below a warning, we say better
    loggerInstance: deps.log.child({}, { level: 'warn' }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: largestBodyBytes,
    requestTimeout: requestTimeoutMs,
    trustProxy: deps.config.trustProxy,
    routerOptions: { maxParamLength },
    frameworkErrors: refuseAddress,
    clientErrorHandler: refuseBytes,
  }) as unknown as FastifyInstance
  app.removeAllContentTypeParsers()
  installProblems(app, deps.log)
  installHeaders(app)
  installGate(app, deps.config)
  installConditional(app)
  installCompression(app)
  const refuseOtherMethods = watchMethods(app)
  registerHealth(app, deps)
  registerApi(app, deps)
  registerLedger(app, deps)
  const guard = createDoorGuard({ clock: deps.clock, mostBytes: largestBodyBytes })
  for (const register of [registerEnrol, registerDefinitions, registerIngest])
    app.register(async door => {
      guard(door)
      register(door, deps)
    })
  refuseOtherMethods()
  return app
}
