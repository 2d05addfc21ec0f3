import { isIP } from 'node:net'
import { readOrigin } from '@llmstatus/shared/address'

/** One host and port that this prober speaks to, and everything that it speaks to it for. */
export interface Way {
  /** A name, or an address without brackets. */
  readonly host: string
  readonly port: number
  readonly proto: 'https' | 'http' | 'tcp' | 'udp'
  readonly why: readonly string[]
  readonly addresses: Addresses
  /** `proxy.corp:3128` where nothing goes there but through that; null is the direct way. */
  readonly through: string | null
  readonly role: 'provider' | 'target' | 'aggregator' | 'control' | 'proxy' | 'dns'
}

/** What the name may resolve to, or what the address is: any public one, or one in these ranges. */
export type Addresses = 'public' | readonly string[]

/** Nothing is known of its address but that it is no metadata one. */
export const anywhere: Addresses = ['0.0.0.0/0', '::/0']

export const isAnywhere = (addresses: Addresses): boolean => addresses !== 'public' && addresses.includes('0.0.0.0/0')

/** `host:port`, with the brackets that an IPv6 address needs there. */
export const hostPort = ({ host, port }: Pick<Way, 'host' | 'port'>): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

export interface Place {
  readonly host: string
  readonly port: number
  readonly scheme: 'https' | 'http'
}

/** Of an origin, or of a URL that begins with one. */
export const placeOf = (url: string): Place => {
  const place = readOrigin(new URL(url).origin)
  if (place === null) throw new Error('a URL that was never checked reached the list of ways out')
  return place
}

/** An address that is written down is its own range; of a name nothing is known but what the operator says. */
export const addressesOf = (host: string, cidrs: readonly string[]): Addresses => {
  const family = isIP(host)
  if (family !== 0) return [`${host}/${family === 4 ? 32 : 128}`]
  return cidrs.length > 0 ? cidrs : anywhere
}

/** What is spoken with one place for several reasons is one line with all of them. */
export const merged = (ways: readonly Way[]): readonly Way[] => {
  const byPlace = new Map<string, Way>()
  for (const way of ways) {
    const key = JSON.stringify([way.host, way.port, way.proto, way.through])
    const known = byPlace.get(key)
    byPlace.set(key, known === undefined ? way : both(known, way))
  }
  return [...byPlace.values()]
}

const both = (one: Way, other: Way): Way => ({
  ...one,
  why: [...new Set([...one.why, ...other.why])],
  addresses: eitherOf(one.addresses, other.addresses),
})

const eitherOf = (one: Addresses, other: Addresses): Addresses => {
  if (one === 'public' || other === 'public') return one === other ? 'public' : anywhere
  return isAnywhere(one) || isAnywhere(other) ? anywhere : [...new Set([...one, ...other])]
}
