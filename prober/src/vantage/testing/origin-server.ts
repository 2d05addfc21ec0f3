import type { AddressInfo, Socket } from 'node:net'
import { createServer, type Server } from 'node:tls'
import * as testOnly from '../../../../simulator/testdata/test-only-certificates.ts'

/** An origin with a real certificate on a real port, that can go away, come back, or be somebody else. */
export interface OriginServer {
  readonly origin: string
  readonly goAway: () => Promise<void>
  readonly comeBack: () => Promise<void>
  /** From now on it answers with a certificate that is not good: what a captive portal looks like. */
  readonly becomePortal: () => void
}

const answer = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"data":[]}'

export const startOrigin = async (name: string): Promise<OriginServer> => {
  const sockets = new Set<Socket>()
  const server = createServer({ key: testOnly.key, cert: testOnly.certificate }, socket => {
    socket.on('error', () => {})
    socket.on('data', () => socket.end(answer))
  })
  server.on('tlsClientError', () => {})
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const port = await listen(server, 0)
  return {
    origin: `https://${name}.simulator.test:${port}`,
    goAway: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
    comeBack: async () => void (await listen(server, port)),
    becomePortal: () => server.setSecureContext({ key: testOnly.key, cert: testOnly.expiredCertificate }),
  }
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
