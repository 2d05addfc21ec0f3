import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { isMetadataName, judgeAddress, mayConnect } from '@llmstatus/shared/address'
import { Agent, buildConnector } from 'undici'
import type { Clock } from '../probe.ts'
import { type Door, type DoorRequest, mostAnswerBytes, readJsonObject } from './door.ts'

/**
 * The one connection to the aggregator: any address but a cloud's metadata, checked as a literal, as an answer of DNS,
 * and as the peer that is there. HTTP/1.1, no redirects, no proxy from the environment, short answers, short waits.
 *
 * Unlike a probe it may try the next address of a name: `localhost` is often two, and this is not measured.
 */
export interface DoorDeps {
  /** `https://status.example.com`, or with a path before `/api/v1`. */
  readonly url: string
  readonly ca: string | null
  readonly clock: Clock
}

export const openDoor = ({ url, ca, clock }: DoorDeps): Door => {
  const base = new URL(url)
  const prefix = base.pathname.replace(/\/+$/, '')
  const agent = new Agent({ connect: guarded(ca), connections: 1, pipelining: 1 })
  return {
    call: async request => {
      const sentMs = clock.nowMs()
      try {
        const answer = await ask(agent, base.origin, { ...request, path: `${prefix}${request.path}` })
        return { ...answer, sentMs, receivedMs: clock.nowMs() }
      } catch (error) {
        return { ok: false, why: reasonOf(error) }
      }
    },
    close: () => agent.destroy(),
  }
}

const ask = async (agent: Agent, origin: string, request: DoorRequest) => {
  const { method, path, timeoutMs } = request
  const answer = await agent.request({
    origin,
    method,
    path,
    headers: { accept: 'application/json', ...request.headers },
    body: request.body,
    signal: AbortSignal.timeout(timeoutMs),
  })
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of answer.body) {
    sizeBytes += chunk.length
    if (sizeBytes > mostAnswerBytes) throw new Error(`an answer of more than ${mostAnswerBytes} bytes`)
    chunks.push(chunk)
  }
  return {
    ok: true as const,
    status: answer.statusCode,
    retryAfter: one(answer.headers['retry-after']),
    date: one(answer.headers.date),
    json: readJsonObject(Buffer.concat(chunks)),
  }
}

const one = (value: string | string[] | undefined): string | null => (Array.isArray(value) ? value[0] : value) ?? null

const refused = (host: string): Error => new Error(`${host} is not an address that an aggregator may have`)

const isAllowed = (address: string): boolean => mayConnect(address, { private: true, cidrs: [], loopback: true }).ok

const guardedLookup: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, found) => {
    if (error !== null) return done(error, '')
    const [first] = found
    if (first === undefined || !found.every(({ address }) => isAllowed(address))) return done(refused(host), '')
    if (options.all) done(null, found)
    else done(null, first.address, first.family)
  })
}

const guarded = (ca: string | null): buildConnector.connector => {
  const connect = buildConnector({
    allowH2: false,
    timeout: 5000,
    autoSelectFamily: true,
    lookup: guardedLookup,
    ...(ca === null ? {} : { ca }),
  })
  return (options, done) => {
    const host = options.hostname.replace(/^\[|\]$/g, '')
    if (isMetadataName(host) || (isIP(host) !== 0 && !isAllowed(host))) return done(refused(host), null)
    connect(options, (...result) => {
      const [error, socket] = result
      if (error !== null || isAllowed(socket.remoteAddress ?? '')) return done(...result)
      socket.destroy()
      done(refused(host), null)
    })
  }
}

/** http, and not only to this machine: whoever is on the way can read it. Signatures hold all the same. */
export const isOpenToReaders = (url: string): boolean => {
  const { protocol, hostname } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  return protocol === 'http:' && host !== 'localhost' && judgeAddress(host) !== 'loopback'
}

/** The innermost thing that happened, by its code where it has one. */
const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError) return reasonOf(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return 'no answer in time'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
