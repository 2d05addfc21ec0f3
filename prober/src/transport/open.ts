import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import type { Settle } from './phase.ts'
import type { Resolve } from './resolve.ts'

/** What a connection is made of, each as a step that can be stopped: a name, TCP, TLS. */

/** A lookup cannot be called back; when its time is over its answer is not waited for. */
export const lookUp = (resolve: Resolve, host: string, settle: Settle<readonly string[]>): (() => void) => {
  if (isIP(host) !== 0) settle(null, [host])
  else resolve(host).then(addresses => settle(null, addresses), settle)
  return () => {}
}

/** A connection to an address that the guard has let through, not yet open. */
export type Connect = (address: string, port: number) => Socket

export const systemConnect: Connect = (host, port) => connectTcp({ host, port, autoSelectFamily: false, noDelay: true })

export interface Tcp {
  readonly connect: Connect
  readonly address: string
  readonly port: number
}

export const openTcp = ({ connect, address, port }: Tcp, settle: Settle<Socket>): (() => void) => {
  const socket = connect(address, port)
  socket.once('connect', () => settle(null, socket))
  // stays for the socket's whole life, so that an error between two steps is not a crash
  socket.on('error', error => settle(error))
  return () => socket.destroy()
}

export interface Tls {
  readonly over: Socket
  readonly host: string
  readonly secureContext: SecureContext
}

export const openTls = ({ over, host, secureContext }: Tls, settle: Settle<TLSSocket>): (() => void) => {
  const socket = connectTls({
    socket: over,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    secureContext,
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
  })
  socket.once('secureConnect', () => settle(null, socket))
  socket.on('error', error => settle(error))
  socket.once('close', () => settle(Object.assign(new Error('closed in the handshake'), { code: 'EOF' })))
  return () => {
    socket.destroy()
    over.destroy()
  }
}

export type SecureContexts = (ca: string | null) => SecureContext

/** Made once per set of authorities: reading them for every connection would be measured as the provider's TLS. */
export const secureContexts = (): SecureContexts => {
  // the first of a process reads the system's authorities, which holds the loop for tens of milliseconds: before any probe
  const made = new Map<string | null, SecureContext>([[null, createSecureContext()]])
  return ca => {
    const context = made.get(ca) ?? createSecureContext(ca === null ? {} : { ca })
    made.set(ca, context)
    return context
  }
}

export const certificateEnd = (socket: TLSSocket): number | null => {
  const endsMs = Date.parse(socket.getPeerCertificate().valid_to)
  return Number.isNaN(endsMs) ? null : endsMs
}
