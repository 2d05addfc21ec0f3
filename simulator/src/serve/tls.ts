import type { Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { certificate, expiredCertificate, key } from '../../testdata/test-only-certificates.ts'

export interface Contexts {
  readonly good: SecureContext
  readonly bad: SecureContext
}

export const createContexts = (): Contexts => ({
  good: createSecureContext({ cert: certificate, key }),
  bad: createSecureContext({ cert: expiredCertificate, key }),
})

/** A server's side of TLS on a connection of our choice: which certificate it shows is decided for each one. */
export const secure = (socket: Socket, context: SecureContext, then: (secured: TLSSocket) => void): void => {
  const secured = new TLSSocket(socket, { isServer: true, secureContext: context, ALPNProtocols: ['http/1.1'] })
  secured.on('error', () => {})
  secured.once('secure', () => then(secured))
}
