import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { readRequest } from '../read-request.ts'
import { type Behaviour, respond } from '../respond.ts'
import type { Connections } from './door.ts'
import { play } from './play.ts'
import { wireOf } from './wire.ts'

export interface ProviderDeps {
  readonly behaviour: Behaviour
  readonly connections: Connections
  readonly nextReq: () => number
  readonly log: Log
  readonly clock: Clock
}

/** Both doors of a provider lead here. It listens on nothing itself. */
export const createProviderServer = (deps: ProviderDeps): Server => {
  let requests = 0
  const server = createServer({ keepAliveTimeout: 60_000 }, (message, response) => {
    requests += 1
    void answer(deps, { message, response, n: requests })
  })
  // What is no HTTP gets no answer.
  server.on('clientError', (_error, socket) => socket.destroy())
  return server
}

interface Exchange {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly n: number
}

const answer = async (deps: ProviderDeps, { message, response, n }: Exchange): Promise<void> => {
  const { behaviour, connections, log, clock } = deps
  const below = connections.below.get(message.socket)
  if (below === undefined) throw new Error('a request came in through no door')
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  response.on('error', () => {})
  const request = await readRequest(message)
  const readUs = clock.monoUs()
  if (request === null) return void message.socket.destroy()
  const who = { provider: behaviour.provider.id, conn: below.conn, req: deps.nextReq() }
  const { model, reply } = respond(request, behaviour, n)
  const bytes = Buffer.byteLength(request.body ?? '')
  log.add({ t_us: readUs, ...who, event: 'request', bytes, token: null, ...(model !== null && { model }) })
  await play(reply, wireOf({ response, raw: below.raw, who }, { log, clock }), { clock, signal: gone.signal })
}
