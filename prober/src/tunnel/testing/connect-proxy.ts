import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import * as testOnly from '../../../../simulator/testdata/test-only-certificates.ts'

/** A real CONNECT proxy on loopback, which remembers everything that it could see. */
export interface ConnectProxy {
  readonly port: number
  /** `http://127.0.0.1:3128` */
  readonly origin: string
  /** The authority of each CONNECT. */
  readonly asked: () => readonly string[]
  /** The header of each CONNECT, as one text. */
  readonly heads: () => readonly string[]
  /** What passed through it, both ways, as latin1. */
  readonly seen: () => string
  readonly close: () => Promise<void>
}

export interface ProxyOptions {
  /** `user:password` that it wants; it answers 407 to whoever says something else. */
  readonly wants?: string
  /** What it answers to CONNECT in place of a tunnel; it is the whole answer, byte for byte. */
  readonly says?: (socket: Socket) => void
  /** Sent right behind the 200 of a tunnel. */
  readonly behind?: string
  /** Spoken to over TLS, with the certificate for localhost. */
  readonly tls?: true
}

/** Every name leads to this machine, whatever it is: the tunnel goes to the port that was asked for. */
export const serveConnectProxy = async (options: ProxyOptions = {}): Promise<ConnectProxy> => {
  const sockets = new Set<Socket>()
  const asked: string[] = []
  const heads: string[] = []
  let seen = ''
  const { key, certificate: cert } = testOnly
  const server = options.tls ? createTlsServer({ key, cert }) : createServer()
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  }
  server.on('connection', keep)
  server.on('tlsClientError', () => {})
  server.on('connect', (request, client: Socket, early: Buffer) => {
    keep(client)
    asked.push(request.url ?? '')
    heads.push(JSON.stringify(request.headers))
    seen += early.toString('latin1')
    client.on('data', bytes => {
      seen += bytes.toString('latin1')
    })
    if (options.wants !== undefined && request.headers['proxy-authorization'] !== basic(options.wants))
      return void client.end('HTTP/1.1 407 Who is asking\r\nproxy-authenticate: Basic realm="corp"\r\n\r\n')
    if (options.says !== undefined) return options.says(client)
    tunnel({ client, authority: request.url ?? '', behind: options.behind ?? '', keep })
  })
  const port = await listen(server)
  return {
    port,
    origin: options.tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`,
    asked: () => asked,
    heads: () => heads,
    seen: () => seen,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

const basic = (userinfo: string): string => `Basic ${Buffer.from(userinfo).toString('base64')}`

interface Tunnel {
  readonly client: Socket
  readonly authority: string
  readonly behind: string
  readonly keep: (socket: Socket) => void
}

const tunnel = ({ client, authority, behind, keep }: Tunnel): void => {
  const origin = connect({ host: '127.0.0.1', port: Number(authority.split(':').at(-1)) })
  keep(origin)
  origin.once('connect', () => {
    client.write(`HTTP/1.1 200 Connection established\r\n\r\n${behind}`)
    client.pipe(origin)
    origin.pipe(client)
  })
  origin.once('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
