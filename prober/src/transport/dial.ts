import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import { type Refusal, refuseAddress, refuseAddresses, refuseName } from '../egress/guard.ts'
import type { Clock } from '../probe.ts'
import type { Attempt, Failure } from './attempt.ts'
import { createWithin, type Settle, type Within } from './phase.ts'
import type { Resolve } from './resolve.ts'

/**
 * Name → addresses → guard → connection → guard → TLS, once: the first address and no other, no second try.
 */
export interface DialDeps {
  readonly clock: Pick<Clock, 'monoUs'>
  readonly resolve: Resolve
  /** Made once per set of authorities: reading them for every connection would be measured as the provider's TLS. */
  readonly secureContext: (ca: string | null) => SecureContext
}

export interface Dialled {
  readonly socket: Socket | null
  readonly dns: number | null
  readonly tcp: number | null
  readonly tls: number | null
  readonly refusal: Refusal | null
  readonly failure: Failure | null
  readonly certificateEndsMs: number | null
}

const nowhere: Dialled = {
  socket: null,
  dns: null,
  tcp: null,
  tls: null,
  refusal: null,
  failure: null,
  certificateEndsMs: null,
}

export const dial = async (deps: DialDeps, attempt: Attempt, signal: AbortSignal): Promise<Dialled> => {
  const endsUs = deps.clock.monoUs() + attempt.deadlines.connectMs * 1000
  const within = createWithin(deps.clock, endsUs, signal)
  const named = await toAddress(deps.resolve, attempt, within)
  if (named.address === null) return named
  const connected = await toConnection(named, attempt, within)
  const isThere = attempt.origin.scheme === 'http' || (attempt.goal === 'connection' && !attempt.wantsCertificate)
  if (connected.socket === null || isThere) return connected
  return toSecure(connected, attempt, { ...deps, within, socket: connected.socket })
}

const toAddress = async (
  resolve: Resolve,
  { origin, net }: Attempt,
  within: Within,
): Promise<Dialled & { readonly address: string | null }> => {
  const not = { ...nowhere, address: null }
  const refusedName = refuseName(origin.host)
  if (refusedName !== null) return { ...not, refusal: refusedName }
  const found = await within<readonly string[]>('dns', settle => lookUp(resolve, origin.host, settle))
  if (!found.ok) return { ...not, failure: found.failure }
  const [first] = found.value
  if (first === undefined) return { ...not, dns: found.atUs, failure: { operation: 'dns', errno: 'ENOTFOUND' } }
  const refusal = refuseAddresses(found.value, net)
  return { ...not, dns: found.atUs, refusal, address: refusal === null ? first : null }
}

const toConnection = async (
  { address, ...named }: Dialled & { readonly address: string | null },
  { origin, net }: Attempt,
  within: Within,
): Promise<Dialled> => {
  const opened = await within<Socket>('connect', settle => openTcp(address ?? '', origin.port, settle))
  if (!opened.ok) return { ...named, failure: opened.failure }
  const { remoteAddress } = opened.value
  // reset before anybody could look: there is no peer any more, and nothing to be refused
  if (remoteAddress === undefined) return gone({ ...named, tcp: opened.atUs }, opened.value)
  const refusal = refuseAddress(remoteAddress, net)
  if (refusal !== null) opened.value.destroy()
  return { ...named, tcp: opened.atUs, refusal, socket: refusal === null ? opened.value : null }
}

const gone = (named: Dialled, socket: Socket): Dialled => {
  socket.destroy()
  return { ...named, failure: { operation: 'connect', errno: 'ECONNRESET' } }
}

interface Secure extends DialDeps {
  readonly within: Within
  readonly socket: Socket
}

const toSecure = async (connected: Dialled, attempt: Attempt, secure: Secure): Promise<Dialled> => {
  const opened = await secure.within<TLSSocket>('tls', settle => openTls(secure, attempt, settle))
  if (!opened.ok) return { ...connected, socket: null, failure: opened.failure }
  const certificateEndsMs = attempt.wantsCertificate ? certificateEnd(opened.value) : null
  return { ...connected, tls: opened.atUs, socket: opened.value, certificateEndsMs }
}

export const secureContexts = (): DialDeps['secureContext'] => {
  // the first of a process reads the system's authorities, which holds the loop for tens of milliseconds: before any probe
  const made = new Map<string | null, SecureContext>([[null, createSecureContext()]])
  return ca => {
    const context = made.get(ca) ?? createSecureContext(ca === null ? {} : { ca })
    made.set(ca, context)
    return context
  }
}

/** A lookup cannot be called back; when its time is over its answer is not waited for. */
const lookUp = (resolve: Resolve, host: string, settle: Settle<readonly string[]>): (() => void) => {
  if (isIP(host) !== 0) settle(null, [host])
  else resolve(host).then(addresses => settle(null, addresses), settle)
  return () => {}
}

const openTcp = (host: string, port: number, settle: Settle<Socket>): (() => void) => {
  const socket = connectTcp({ host, port, autoSelectFamily: false, noDelay: true })
  socket.once('connect', () => settle(null, socket))
  // stays for the socket's whole life, so that an error between two steps is not a crash
  socket.on('error', error => settle(error))
  return () => socket.destroy()
}

const openTls = (secure: Secure, attempt: Attempt, settle: Settle<TLSSocket>): (() => void) => {
  const { host } = attempt.origin
  const socket = connectTls({
    socket: secure.socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    secureContext: secure.secureContext(attempt.ca),
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
  })
  socket.once('secureConnect', () => settle(null, socket))
  socket.on('error', error => settle(error))
  socket.once('close', () => settle(Object.assign(new Error('closed in the handshake'), { code: 'EOF' })))
  return () => {
    socket.destroy()
    secure.socket.destroy()
  }
}

const certificateEnd = (socket: TLSSocket): number | null => {
  const endsMs = Date.parse(socket.getPeerCertificate().valid_to)
  return Number.isNaN(endsMs) ? null : endsMs
}
