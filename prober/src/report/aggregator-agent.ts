import { lookup } from 'node:dns'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { isMetadataName, judgeAddress, mayConnect } from '@llmstatus/shared/address'
import type { AggregatorProxy, AggregatorWay, HttpProxy } from '../probe.ts'
import { askTunnel, type TunnelAnswer } from '../tunnel/ask-tunnel.ts'
import { proxyAddress } from '../tunnel/proxy.ts'

/**
 * The connections to the aggregator: any address but a cloud's metadata, checked as a literal, as each answer of DNS, and
 * as the peer that is there, before a byte is sent. A proxy of its own is judged the same way; through one that is for
 * public addresses goes what is public, or what no name server here knows.
 *
 * Unlike a probe's it may try the next address of a name: `localhost` is often two, and this is not measured.
 */
export interface AggregatorAddress extends AggregatorWay {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
}

export const aggregatorAgent = (to: AggregatorAddress): HttpAgent => {
  const agent = new (to.isTls ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 1 })
  agent.createConnection = (_options, done) => {
    dial(to).then(
      socket => done?.(null, socket),
      error => (done as ((error: Error) => void) | undefined)?.(error),
    )
    return undefined
  }
  return agent
}

const dial = async (to: AggregatorAddress): Promise<Socket> => {
  if (isNever(to.host)) throw refused(to.host)
  const proxy = await proxyFor(to)
  if (proxy === null) return direct(to)
  const tunnel = await tunnelTo(to, proxy)
  return to.isTls ? ready(secured(tunnel, to), 'secureConnect') : tunnel
}

const proxyFor = async ({ host, isTls, proxy }: AggregatorAddress): Promise<AggregatorProxy | null> => {
  if (proxy === null || proxy.for === 'any_address') return proxy
  return isTls && (await isPublic(host)) ? proxy : null
}

const isPublic = (host: string): Promise<boolean> =>
  new Promise(resolve => {
    lookup(host, { all: true }, (error, found) =>
      resolve(error !== null || found.every(({ address }) => judgeAddress(address) === 'public')),
    )
  })

/** TCP, a look at who is there, and TLS where it is wanted. */
const direct = async (to: Omit<AggregatorAddress, 'proxy'>): Promise<Socket> => {
  const way = { host: to.host, port: to.port, lookup: guardedLookup, autoSelectFamily: true }
  const socket = await ready(connectTcp({ ...way, noDelay: true, keepAlive: true }), 'connect')
  if (!isAllowed(socket.remoteAddress ?? '')) {
    socket.destroy()
    throw refused(to.host)
  }
  return to.isTls ? ready(secured(socket, to), 'secureConnect') : socket
}

const tunnelTo = async ({ host, port }: AggregatorAddress, proxy: HttpProxy): Promise<Socket> => {
  const at = proxyAddress(proxy)
  if (isNever(at.host)) throw refused(at.host)
  const socket = await direct({ host: at.host, port: at.port, isTls: at.scheme === 'https', ca: proxy.ca })
  const answer = await within<TunnelAnswer>(socket, settle => askTunnel({ socket, to: { host, port }, proxy }, settle))
  if (answer.open) return socket
  socket.destroy()
  throw coded('the proxy opened no tunnel', answer.errno)
}

const ready = async <T extends Socket>(socket: T, event: 'connect' | 'secureConnect'): Promise<T> => {
  await within(socket, settle => {
    socket.once(event, () => settle(null, event))
    // Stays for the socket's whole life: between two owners an error is nobody's, and must not end the program.
    socket.on('error', settle)
  })
  return socket
}

const connectMs = 5000

/** One step on an open or opening socket; the socket does not outlive a step that failed. */
const within = <T>(socket: Socket, step: (settle: (error: unknown, value?: T) => void) => void): Promise<T> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => settle(coded('no connection in time', 'ETIMEDOUT')), connectMs)
    let isOver = false
    const settle = (error: unknown, value?: T): void => {
      if (isOver) return
      isOver = true
      clearTimeout(late)
      if (value !== undefined) resolve(value)
      else {
        socket.destroy()
        reject(error)
      }
    }
    socket.once('close', () => settle(coded('closed on the way', 'ECONNRESET')))
    step(settle)
  })

const secured = (socket: Socket, { host, ca }: Pick<AggregatorAddress, 'host' | 'ca'>): TLSSocket =>
  connectTls({
    socket,
    host,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === null ? {} : { ca }),
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: true,
  })

const guardedLookup: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, found) => {
    if (error !== null) return done(error, '')
    const [first] = found
    if (first === undefined || !found.every(({ address }) => isAllowed(address))) return done(refused(host), '')
    if (options.all) done(null, found)
    else done(null, first.address, first.family)
  })
}

const isAllowed = (address: string): boolean => mayConnect(address, { private: true, cidrs: [], loopback: true }).ok

/** Known before anything is asked of anybody. */
const isNever = (host: string): boolean => isMetadataName(host) || (isIP(host) !== 0 && !isAllowed(host))

const refused = (host: string): Error => new Error(`${host} is not an address that an aggregator may have`)

const coded = (what: string, code: string): Error => Object.assign(new Error(what), { code })
