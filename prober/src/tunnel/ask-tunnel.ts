import { request as httpRequest } from 'node:http'
import type { Socket } from 'node:net'
import type { Origin } from '@llmstatus/shared/address'
import type { HttpProxy } from '../probe.ts'
import { proxyHeaders } from './proxy.ts'

/**
 * CONNECT, over a connection to a proxy that is already open.
 *
 * Invariants
 * - The proxy is told a host and a port, and who asks. Nothing that is meant for the origin is sent before the tunnel
 *   stands, and nothing that is meant for the proxy after it.
 * - One question, one answer: no other status than 2xx opens a tunnel, and what a proxy sends before the origin was
 *   asked anything is nobody's answer.
 */
export type TunnelAnswer =
  | { readonly open: true }
  | { readonly open: false; readonly errno: string; readonly fault: 'proxy' | null }

export interface TunnelAsk {
  readonly socket: Socket
  readonly to: Pick<Origin, 'host' | 'port'>
  readonly proxy: HttpProxy
}

const mostHeaderBytes = 16_384

/** What came of it, or why nothing did. Who asked sets the deadline. */
export const askTunnel = (
  { socket, to, proxy }: TunnelAsk,
  settle: (error: unknown, answer?: TunnelAnswer) => void,
): void => {
  const authority = `${to.host.includes(':') ? `[${to.host}]` : to.host}:${to.port}`
  const request = httpRequest({
    createConnection: () => socket,
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...proxyHeaders(proxy) },
    setHost: false,
    maxHeaderSize: mostHeaderBytes,
    insecureHTTPParser: false,
  })
  // some proxies would take it for the end of the tunnel too
  request.removeHeader('connection')
  request.once('connect', (answer, _socket, early) => settle(null, answerOf(answer.statusCode ?? 0, early.length)))
  request.on('error', settle)
  request.once('close', () => settle(Object.assign(new Error('closed before an answer'), { code: 'EOF' })))
  request.end()
}

const answerOf = (status: number, earlyBytes: number): TunnelAnswer => {
  if (status < 200 || status > 299) return { open: false, errno: `PROXY_${status}`, fault: faultOf(status) }
  return earlyBytes === 0 ? { open: true } : { open: false, errno: 'EPROTO', fault: 'proxy' }
}

/** These three say that the origin could not be reached from there; all others are about the proxy, or about us. */
const aboutTheOrigin: ReadonlySet<number> = new Set([502, 503, 504])

const faultOf = (status: number): 'proxy' | null => (aboutTheOrigin.has(status) ? null : 'proxy')
