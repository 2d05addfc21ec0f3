import type { Server as HttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Book } from '../scenarios/book.ts'
import { listen } from './listen.ts'
import { type StuckPort, stickPort } from './stuck-port.ts'
import { type Contexts, secure } from './tls.ts'

/** One port of one provider. It takes connections; what is asked on them goes to the provider's HTTP server. */
export interface Door {
  readonly port: number
  /** Whoever connects from now on waits for ever, or no longer. */
  readonly stick: () => Promise<void>
  readonly release: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface Connections {
  /** What is known of a socket that the HTTP server got: the TCP one below it, and its number. */
  readonly below: WeakMap<Socket, { readonly raw: Socket; readonly conn: number }>
  readonly nextConn: () => number
}

export interface DoorDeps {
  readonly provider: string
  readonly scheme: 'http' | 'https'
  readonly place: { readonly host: string; readonly port: number }
  readonly http: HttpServer
  readonly connections: Connections
  readonly contexts: Contexts
  readonly book: Pick<Book, 'pick'>
  readonly log: Log
  readonly clock: Clock
}

export const openDoor = async (deps: DoorDeps): Promise<Door> => {
  const open = new Set<Socket>()
  const server = createServer({ noDelay: true }, socket => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    welcome(socket, deps)
  })
  await listen(server, deps.place)
  const { port } = server.address() as AddressInfo
  const place = { host: deps.place.host, port }
  let stuck: StuckPort | null = null
  return {
    port,
    async stick() {
      stuck ??= await stickPort(place, () => stopListening(server))
    },
    async release() {
      if (stuck === null) return
      await stuck.release()
      stuck = null
      await listen(server, place)
    },
    async close() {
      await stuck?.release()
      for (const socket of open) socket.destroy()
      if (server.listening) await stopListening(server)
    },
  }
}

const welcome = (socket: Socket, deps: DoorDeps): void => {
  const { provider, connections, log, clock } = deps
  const conn = connections.nextConn()
  log.add({
    t_us: clock.monoUs(),
    provider,
    conn,
    req: null,
    event: 'accept',
    bytes: 0,
    token: null,
    port: socket.remotePort ?? 0,
  })
  // A client that goes away in the middle of anything is no error of ours.
  socket.on('error', () => {})
  const hand = (top: Socket) => {
    connections.below.set(top, { raw: socket, conn })
    deps.http.emit('connection', top)
  }
  if (deps.scheme === 'http') {
    hand(socket)
    return
  }
  const scenario = deps.book.pick({ provider, model: null, stages: ['connection'] })
  // Read and thrown away: a hello that is never answered.
  if (scenario?.do === 'hang_tls') socket.resume()
  else secure(socket, scenario?.do === 'bad_certificate' ? deps.contexts.bad : deps.contexts.good, hand)
}

/** Nobody new is let in; who is in stays. */
const stopListening = (server: Server): Promise<void> =>
  new Promise(resolve => {
    // The callback waits for the last connection; the port is free at once.
    server.close()
    setImmediate(resolve)
  })
