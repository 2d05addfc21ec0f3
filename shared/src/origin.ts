import { isIP } from 'node:net'

export interface Origin {
  readonly scheme: 'http' | 'https'
  /** Lower case; an IPv6 address without its brackets, as a resolver or a socket takes it. */
  readonly host: string
  readonly port: number
}

const shape = /^(https?):\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([1-9]\d{0,4}))?$/
const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/**
 * Scheme, host and port, and nothing else: no user, no path, no query, no trailing dot, ASCII only. What a URL parser
 * makes of the same text must be the same host: to it, and to whoever connects, `2130706433`, `127.1` and `0x7f.1` are
 * addresses.
 */
export const readOrigin = (text: string): Origin | null => {
  const [, scheme, written = '', digits] = shape.exec(text) ?? []
  const url = URL.parse(text)
  if ((scheme !== 'http' && scheme !== 'https') || url === null) return null
  const port = digits === undefined ? defaultPorts[scheme] : Number(digits)
  const host = written.startsWith('[') ? url.hostname : written.toLowerCase()
  if (host !== url.hostname || !isHost(host)) return null
  return { scheme, host: host.replace(/^\[|\]$/g, ''), port }
}

const defaultPorts = { http: 80, https: 443 } as const

const isHost = (host: string): boolean => {
  if (host.startsWith('[')) return isIP(host.slice(1, -1)) === 6
  return host.length <= 253 && host.split('.').every(part => label.test(part))
}
