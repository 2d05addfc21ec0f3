import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { AddressPolicy, Origin } from '@llmstatus/shared/address'
import { refuseAddress, refuseAddresses, refuseHost, refuseName } from '../egress/guard.ts'
import type { HttpProxy } from '../probe.ts'
import { askTunnel, type TunnelAnswer } from '../tunnel/ask-tunnel.ts'
import { proxyAddress } from '../tunnel/proxy.ts'
import type { Attempt, Failure } from './attempt.ts'
import { type Dialled, type Dialling, nowhere } from './dialled.ts'
import { lookUp, openTcp, openTls } from './open.ts'
import type { Phased } from './phase.ts'

/**
 * Guard → the proxy's name → guard → a connection to it → guard → CONNECT. What comes out is a connection to the origin
 * as far as anybody can tell from here, and `tcp` is when the proxy said that it stands.
 *
 * Invariants
 * - The origin's host is judged before the proxy hears of it: its name, or its address. What a name resolves to is only
 *   known over there; that is the price of a proxy.
 * - All of it is the operation `proxy`. A failure is the proxy's own (`fault`) unless it may speak of the origin: a 502,
 *   503 or 504, or a deadline that passed in silence after CONNECT was asked.
 */
type Through = Attempt & { readonly proxy: HttpProxy }

/** Given by the operator, like an aggregator: anywhere but metadata. */
const anywhere: AddressPolicy = { private: true, cidrs: [] }

export const throughProxy = async (dialling: Dialling, attempt: Through): Promise<Dialled> => {
  const refusal = refuseHost(attempt.origin.host, attempt.net)
  if (refusal !== null) return { ...nowhere, refusal }
  const connected = await toProxy(dialling, proxyAddress(attempt.proxy))
  const spoken = connected.socket === null ? connected : await greeted(dialling, attempt.proxy, connected.socket)
  return spoken.socket === null ? spoken : toTunnel(dialling, attempt, spoken.socket)
}

const toProxy = async ({ resolve, connect, within }: Dialling, { host, port }: Origin): Promise<Dialled> => {
  const refusedName = refuseName(host)
  if (refusedName !== null) return { ...nowhere, refusal: refusedName }
  const found = await within<readonly string[]>('proxy', settle => lookUp(resolve, host, settle))
  if (!found.ok) return itsOwn(found.failure)
  const [first] = found.value
  if (first === undefined) return itsOwn({ operation: 'proxy', errno: 'ENOTFOUND' })
  const refusal = refuseAddresses(found.value, anywhere)
  if (refusal !== null) return { ...nowhere, refusal }
  const tcp = { connect, address: first, port }
  const opened = await within<Socket>('proxy', settle => openTcp(tcp, settle))
  return opened.ok ? withPeer(opened.value) : itsOwn(opened.failure)
}

const withPeer = (socket: Socket): Dialled => {
  if (socket.remoteAddress === undefined) {
    socket.destroy()
    return itsOwn({ operation: 'proxy', errno: 'ECONNRESET' })
  }
  const refusal = refuseAddress(socket.remoteAddress, anywhere)
  if (refusal !== null) socket.destroy()
  return { ...nowhere, refusal, socket: refusal === null ? socket : null }
}

/** Our own stop is nobody's fault. */
const ownFault = (failure: Failure): Failure =>
  failure.errno === 'ECANCELED' ? failure : { ...failure, fault: 'proxy' }

const itsOwn = (failure: Failure): Dialled => ({ ...nowhere, failure: ownFault(failure) })

/** A proxy that is itself spoken to over TLS. */
const greeted = async ({ within, secureContext }: Dialling, proxy: HttpProxy, socket: Socket): Promise<Dialled> => {
  const { scheme, host } = proxyAddress(proxy)
  if (scheme === 'http') return { ...nowhere, socket }
  const tls = { over: socket, host, secureContext: secureContext(proxy.ca) }
  const opened = await within<TLSSocket>('proxy', settle => openTls(tls, settle))
  return opened.ok ? { ...nowhere, socket: opened.value } : itsOwn(opened.failure)
}

const toTunnel = async ({ within }: Dialling, { origin, proxy }: Through, socket: Socket): Promise<Dialled> => {
  let isSilent = true
  socket.once('data', () => {
    isSilent = false
  })
  const asked = await within<TunnelAnswer>('proxy', settle => {
    askTunnel({ socket, to: origin, proxy }, settle)
    return () => socket.destroy()
  })
  const failure = failureOf(asked, isSilent)
  if (failure === null && asked.ok) return { ...nowhere, tcp: asked.atUs, socket }
  socket.destroy()
  return { ...nowhere, failure }
}

const failureOf = (asked: Phased<TunnelAnswer>, isSilent: boolean): Failure | null => {
  if (!asked.ok) {
    const mayBeTheOrigin = isSilent && asked.failure.errno === 'ETIMEDOUT'
    return mayBeTheOrigin ? asked.failure : ownFault(asked.failure)
  }
  if (asked.value.open) return null
  const { errno, fault } = asked.value
  return { operation: 'proxy', errno, ...(fault === null ? {} : { fault }) }
}
