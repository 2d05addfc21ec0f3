import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import * as testOnly from '../../../../simulator/testdata/test-only-certificates.ts'

/** A server that says exactly the bytes it is told to: what real ones get wrong cannot be asked of an HTTP library. */
export interface RawServer {
  readonly port: number
  /** How many connections were accepted. */
  readonly accepted: () => number
  /** Everything that was received, of all connections. */
  readonly received: () => string
  readonly close: () => Promise<void>
}

export const authority = testOnly.authority

export interface RawOptions {
  readonly tls?: 'good' | 'expired'
  /** Called once the head of a request is there, or at once where `early` says so. */
  readonly answer: (socket: Socket) => void
  readonly early?: true
  /** 127.0.0.1. */
  readonly host?: '::1'
}

export const serveRaw = async ({ tls, answer, early, host }: RawOptions): Promise<RawServer> => {
  let accepted = 0
  let received = ''
  const sockets = new Set<Socket>()
  const onSocket = (socket: Socket): void => {
    accepted += 1
    let own = ''
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    if (early) answer(socket)
    socket.on('data', bytes => {
      const before = own.includes('\r\n\r\n')
      own += bytes.toString('latin1')
      received += bytes.toString('latin1')
      if (!before && own.includes('\r\n\r\n') && !early) answer(socket)
    })
  }
  const server = tls === undefined ? createTcpServer(onSocket) : createTlsServer(certificates(tls), onSocket)
  server.on('tlsClientError', () => {})
  return {
    port: await listen(server, host ?? '127.0.0.1'),
    accepted: () => accepted,
    received: () => received,
    close: () => close(server, sockets),
  }
}

const certificates = (tls: 'good' | 'expired'): TlsOptions => ({
  key: testOnly.key,
  cert: tls === 'good' ? testOnly.certificate : testOnly.expiredCertificate,
})

const listen = (server: Server, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, () => resolve((server.address() as AddressInfo).port))
  })

const close = (server: Server, sockets: ReadonlySet<Socket>): Promise<void> =>
  new Promise(resolve => {
    server.close(() => resolve())
    for (const socket of sockets) socket.destroy()
  })
