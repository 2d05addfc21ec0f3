import { type Agent, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { judgeAddress } from '@llmstatus/shared/address'
import type { AggregatorWay, Clock } from '../probe.ts'
import { aggregatorAgent } from './aggregator-agent.ts'
import { type Door, type DoorRequest, mostAnswerBytes, readJsonObject } from './door.ts'

/** HTTP/1.1 to the aggregator: no redirects, no proxy but the one that was told, short answers, short waits. */
export interface DoorDeps extends AggregatorWay {
  /** `https://status.example.com`, or with a path before `/api/v1`. */
  readonly url: string
  readonly clock: Clock
}

export const openDoor = ({ url, ca, proxy, clock }: DoorDeps): Door => {
  const base = new URL(url)
  const isTls = base.protocol === 'https:'
  const to = { host: hostOf(base), port: Number(base.port) || (isTls ? 443 : 80), isTls, ca, proxy }
  const agent = aggregatorAgent(to)
  const prefix = base.pathname.replace(/\/+$/, '')
  const closing = new AbortController()
  const ask = (request: DoorRequest) => {
    const over = AbortSignal.any([AbortSignal.timeout(request.timeoutMs), closing.signal])
    return exchange({ ...request, path: `${prefix}${request.path}` }, { agent, hostHeader: base.host, isTls, over })
  }
  return {
    call: async request => {
      const sentMs = clock.nowMs()
      try {
        const answer = await ask(request).catch(error => (isStale(error) ? ask(request) : Promise.reject(error)))
        return { ...answer, sentMs, receivedMs: clock.nowMs() }
      } catch (error) {
        return { ok: false, why: reasonOf(error) }
      }
    },
    close: async () => {
      closing.abort()
      agent.destroy()
    },
  }
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

interface Way {
  readonly agent: Agent
  readonly hostHeader: string
  readonly isTls: boolean
  /** Too late, or nobody waits any more. */
  readonly over: AbortSignal
}

const exchange = async (request: DoorRequest, way: Way) => {
  const response = await send(request, way)
  const chunks: Buffer[] = []
  const { mostBytes = mostAnswerBytes } = request
  let sizeBytes = 0
  for await (const chunk of response) {
    sizeBytes += chunk.length
    if (sizeBytes > mostBytes) throw new Error(`an answer of more than ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  const { statusCode, headers } = response
  return {
    ok: true as const,
    status: statusCode ?? 0,
    retryAfter: headers['retry-after'] ?? null,
    date: headers.date ?? null,
    etag: headers.etag ?? null,
    json: readJsonObject(Buffer.concat(chunks)),
  }
}

const send = ({ method, path, headers, body }: DoorRequest, way: Way): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    way.over.throwIfAborted()
    const outgoing = (way.isTls ? requestHttps : requestHttp)({
      agent: way.agent,
      method,
      path,
      headers: { host: way.hostHeader, accept: 'application/json', ...headers },
      signal: way.over,
    })
    // a request without a connection yet says nothing of its end before it has one, and a name may be looked up for long
    way.over.addEventListener('abort', () => reject(way.over.reason), { once: true })
    outgoing.once('response', resolve)
    outgoing.on('error', error => reject(outgoing.reusedSocket ? Object.assign(error, { [stale]: true }) : error))
    outgoing.end(body ?? undefined)
  })

/** A connection that was kept and closed over there in the same moment: asked once more on a new one. */
const stale = Symbol('stale')
const isStale = (error: unknown): boolean => error instanceof Error && stale in error && codeOf(error) !== undefined

/** http, and not only to this machine: whoever is on the way can read it. Signatures hold all the same. */
export const isOpenToReaders = (url: string): boolean => {
  const base = new URL(url)
  const host = hostOf(base)
  return base.protocol === 'http:' && host !== 'localhost' && judgeAddress(host) !== 'loopback'
}

const codeOf = (error: Error): string | undefined =>
  'code' in error && typeof error.code === 'string' && error.code !== 'ABORT_ERR' ? error.code : undefined

/** The innermost thing that happened, by its code where it has one. */
const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError) return reasonOf(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'no answer in time'
  return codeOf(error) ?? error.message
}
