import { lookup } from 'node:dns'
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { isMetadataName, mayConnect } from '@llmstatus/shared/address'

/**
 * The connections to the aggregator: any address but a cloud's metadata, checked as a literal, as each answer of DNS, and
 * as the peer that is there, before a byte is sent.
 *
 * Unlike a probe's it may try the next address of a name: `localhost` is often two, and this is not measured.
 */
export interface AggregatorAddress {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  /** A PEM bundle in place of the system's. */
  readonly ca: string | null
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

const connectMs = 5000

const dial = (to: AggregatorAddress): Promise<Socket> =>
  new Promise((resolve, reject) => {
    if (isMetadataName(to.host) || (isIP(to.host) !== 0 && !isAllowed(to.host))) return reject(refused(to.host))
    const socket = open(to)
    const late = setTimeout(() => socket.destroy(timedOut()), connectMs)
    socket.once('close', () => clearTimeout(late))
    // Stays for the socket's whole life: between two owners an error is nobody's, and must not end the program.
    socket.on('error', reject)
    socket.once(to.isTls ? 'secureConnect' : 'connect', () => {
      clearTimeout(late)
      if (isAllowed(socket.remoteAddress ?? '')) return resolve(socket)
      socket.destroy()
      reject(refused(to.host))
    })
  })

const open = ({ host, port, isTls, ca }: AggregatorAddress): Socket => {
  const way = { host, port, lookup: guardedLookup, autoSelectFamily: true, noDelay: true, keepAlive: true }
  if (!isTls) return connectTcp(way)
  return connectTls({
    ...way,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === null ? {} : { ca }),
    ALPNProtocols: ['http/1.1'],
    rejectUnauthorized: true,
  })
}

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

const refused = (host: string): Error => new Error(`${host} is not an address that an aggregator may have`)

const timedOut = (): Error => Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' })
