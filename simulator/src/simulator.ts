import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { authority } from '../testdata/test-only-certificates.ts'
import { createControlServer } from './control/control-server.ts'
import { readRemoval, readScenario } from './control/read-scenario.ts'
import type { LogEntry } from './log.ts'
import type { Pace } from './scenarios/pace.ts'
import type { Removal, ScenarioInput } from './scenarios/schema.ts'
import { listen } from './serve/listen.ts'
import { createStage, openProvider, type ProviderDoors } from './stage.ts'
import { createWorld, type SimulatorOptions } from './world.ts'

export type { LogEntry, Pace, ScenarioInput, SimulatorOptions }

export interface Simulator {
  readonly control: URL
  readonly providers: Readonly<Record<string, { readonly http: string; readonly https: string }>>
  /** PEM of the authority behind every https address here. TEST ONLY. */
  readonly ca: string
  /** What PUT and DELETE do, without the way through HTTP. Throws where they would answer with a problem. */
  readonly put: (scenario: ScenarioInput) => Promise<void>
  readonly remove: (removal?: Removal) => Promise<void>
  readonly log: (sinceUs?: number) => readonly LogEntry[]
  readonly close: () => Promise<void>
}

/** Providers that behave and misbehave on command. */
export const createSimulator = async (options: SimulatorOptions = {}): Promise<Simulator> => {
  const world = createWorld(options)
  const doors = new Map<string, ProviderDoors>()
  const stage = createStage(world.book, doors)
  const ports = (id: string) => portsOf(doors, id)
  const control = createControlServer({ ...world, ...stage, ports, scenarios: world.book.all })
  const close = async () => {
    await closeControl(control)
    for (const { http, https } of doors.values()) await Promise.all([http.close(), https.close()])
  }
  try {
    for (const [at, provider] of [...world.providers.values()].entries())
      doors.set(provider.id, await openProvider(world, provider, at))
    await listen(control, { host: world.host, port: options.controlPort ?? 0 })
  } catch (error) {
    await close()
    throw error
  }
  return {
    control: new URL(originOf('http', world.host, (control.address() as AddressInfo).port)),
    providers: Object.fromEntries(
      [...doors].map(([id, { http, https }]) => [
        id,
        { http: originOf('http', world.host, http.port), https: originOf('https', world.host, https.port) },
      ]),
    ),
    ca: authority,
    put: async input => stage.put(orThrow(readScenario(input, world.providers))),
    remove: async removal => stage.remove(orThrow(readRemoval(removal, world.providers))),
    log: sinceUs => world.log.since(sinceUs ?? -1).entries,
    close,
  }
}

const originOf = (scheme: 'http' | 'https', host: string, port: number): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`

const portsOf = (doors: ReadonlyMap<string, ProviderDoors>, id: string) => {
  const pair = doors.get(id)
  if (pair === undefined) throw new Error(`no doors for ${id}`)
  return { http: pair.http.port, https: pair.https.port }
}

const orThrow = <T>(read: { ok: true; value: T } | { ok: false; problem: { detail: string } }): T => {
  if (!read.ok) throw new Error(read.problem.detail)
  return read.value
}

const closeControl = (server: Server): Promise<void> =>
  new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
