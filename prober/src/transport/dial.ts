import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { refuseAddress, refuseAddresses, refuseName } from '../egress/guard.ts'
import type { Attempt } from './attempt.ts'
import { type DialDeps, type Dialled, type Dialling, nowhere } from './dialled.ts'
import { certificateEnd, lookUp, openTcp, openTls } from './open.ts'
import { createWithin } from './phase.ts'
import { throughProxy } from './through-proxy.ts'

/**
 * Name → addresses → guard → connection → guard → TLS, once: the first address and no other, no second try. Through a
 * proxy all that is another way (through-proxy.ts), and TLS is to the origin all the same.
 */
export const dial = async (deps: DialDeps, attempt: Attempt, signal: AbortSignal): Promise<Dialled> => {
  const endsUs = deps.clock.monoUs() + attempt.deadlines.connectMs * 1000
  const dialling = { ...deps, within: createWithin(deps.clock, endsUs, signal) }
  const { proxy } = attempt
  const connected =
    proxy === null ? await directly(dialling, attempt) : await throughProxy(dialling, { ...attempt, proxy })
  const isThere = attempt.origin.scheme === 'http' || (attempt.goal === 'connection' && !attempt.wantsCertificate)
  if (connected.socket === null || isThere) return connected
  return toSecure(dialling, attempt, { ...connected, socket: connected.socket })
}

const directly = async (dialling: Dialling, attempt: Attempt): Promise<Dialled> => {
  const named = await toAddress(dialling, attempt)
  return named.address === null ? named : toConnection(dialling, attempt, named)
}

const toAddress = async (
  { resolve, within }: Dialling,
  { origin, net }: Attempt,
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
  { connect, within }: Dialling,
  { origin: { port }, net }: Attempt,
  { address, ...named }: Dialled & { readonly address: string | null },
): Promise<Dialled> => {
  const tcp = { connect, address: address ?? '', port }
  const opened = await within<Socket>('connect', settle => openTcp(tcp, settle))
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

const toSecure = async (
  { within, secureContext }: Dialling,
  { origin: { host }, ca, wantsCertificate }: Attempt,
  connected: Dialled & { readonly socket: Socket },
): Promise<Dialled> => {
  const tls = { over: connected.socket, host, secureContext: secureContext(ca) }
  const opened = await within<TLSSocket>('tls', settle => openTls(tls, settle))
  if (!opened.ok) return { ...connected, socket: null, failure: opened.failure }
  const certificateEndsMs = wantsCertificate ? certificateEnd(opened.value) : null
  return { ...connected, tls: opened.atUs, socket: opened.value, certificateEndsMs }
}
