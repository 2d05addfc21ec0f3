import { isIP } from 'node:net'
import { isMetadataName, judgeAddress, mayConnect } from '@llmstatus/shared/address'
import type { AggregatorProxy, Credential, HttpProxy, Probe } from '../probe.ts'
import { type Addresses, addressesOf, hostPort, merged, placeOf, type Way } from './way.ts'

/**
 * Every host and port that a prober with these settings speaks to, and why. Pure: nothing is asked of anybody, so what a
 * name resolves to is not known here; what the guard would let it resolve to is.
 */
export interface Spoken {
  readonly probes: readonly Probe[]
  /** Where something may go beside them. */
  readonly others: readonly (Pick<Credential, 'origin' | 'proxy' | 'net'> & { readonly why: string })[]
  readonly aggregator: Aggregator | null
  readonly controls: readonly { readonly name: string; readonly origin: string; readonly proxy: HttpProxy | null }[]
  /** As the system has them: `10.0.0.2`, `[::1]:5353`. */
  readonly nameServers: readonly string[]
}

interface Aggregator {
  readonly url: string
  readonly proxy: AggregatorProxy | null
  /** What is spoken of with it. */
  readonly about: readonly string[]
}

export const waysOut = (spoken: Spoken): readonly Way[] => {
  const spokenTo = merged([
    ...probeWays(spoken.probes),
    ...spoken.others.flatMap(other => credentialWay(other, { why: other.why })),
    ...spoken.controls.flatMap(({ name, origin, proxy }) =>
      wayTo(origin, { proxy, role: 'control', why: `${name}: is the internet there at all`, addresses: 'public' }),
    ),
    ...aggregatorWays(spoken.aggregator),
  ]).filter(({ host }) => !isNeverReached(host))
  return [...spokenTo, ...nameServerWays(spokenTo, spoken.nameServers)]
}

/** Whatever is configured, the guard lets nothing go there. */
const isNeverReached = (host: string): boolean =>
  isMetadataName(host) || (isIP(host) !== 0 && !mayConnect(host, { private: true, cidrs: [] }).ok)

interface Reason {
  readonly proxy: HttpProxy | null
  readonly role: Way['role']
  readonly why: string
  readonly addresses?: Addresses
  readonly proto?: Way['proto']
}

/** The place itself, and the proxy on the way to it. */
const wayTo = (url: string, { proxy, role, why, addresses, proto }: Reason): readonly Way[] => {
  const { scheme, host, port } = placeOf(url)
  const is = { host, port, proto: proto ?? scheme, why: [why], addresses: addresses ?? addressesOf(host, []), role }
  if (proxy === null) return [{ ...is, through: null }]
  const between = placeOf(proxy.origin)
  return [
    { ...is, through: hostPort(between) },
    {
      host: between.host,
      port: between.port,
      proto: between.scheme,
      why: [`proxy for ${hostPort({ host, port })}`],
      addresses: addressesOf(between.host, []),
      through: null,
      role: 'proxy',
    },
  ]
}

const probeWays = (probes: readonly Probe[]): readonly Way[] => {
  const byCredential = Map.groupBy(probes, ({ credential }) => credential)
  return [...byCredential].flatMap(([credential, asked]) => {
    const isBare = asked.every(({ type, expected }) => type === 'tcp' && expected.certificate_days === undefined)
    const why = `${credential.provider}: ${asked.map(nameOf).join(', ')}`
    return credentialWay(credential, { why, ...(isBare ? { proto: 'tcp' } : {}) })
  })
}

const credentialWay = (
  { origin, proxy, net }: Pick<Credential, 'origin' | 'proxy' | 'net'>,
  reason: Pick<Reason, 'why' | 'proto'>,
): readonly Way[] => {
  const addresses = net.private ? addressesOf(placeOf(origin).host, net.cidrs) : 'public'
  return wayTo(origin, { ...reason, proxy, addresses, role: net.private ? 'target' : 'provider' })
}

const nameOf = ({ probe, model }: Probe): string => (model === null ? probe : `${probe} ${model}`)

const aggregatorWays = (aggregator: Aggregator | null): readonly Way[] => {
  if (aggregator === null) return []
  const { url, proxy, about } = aggregator
  const reason = { role: 'aggregator', why: `aggregator: ${about.join(', ')}` } as const
  return aggregatorProxies(url, proxy).flatMap(each => wayTo(url, { ...reason, proxy: each }))
}

/** A proxy for what is public: a name may be either, and which one is known when it is resolved. */
const aggregatorProxies = (url: string, proxy: AggregatorProxy | null): readonly (HttpProxy | null)[] => {
  if (proxy === null || proxy.for === 'any_address') return [proxy]
  const { scheme, host } = placeOf(url)
  if (scheme === 'http') return [null]
  if (isIP(host) !== 0) return [judgeAddress(host) === 'public' ? proxy : null]
  return [proxy, null]
}

/** Only what is spoken to directly is resolved here; behind a proxy the names are its own affair. */
const nameServerWays = (ways: readonly Way[], servers: readonly string[]): readonly Way[] => {
  const names = ways.filter(({ host, through }) => through === null && isIP(host) === 0)
  if (names.length === 0) return []
  return servers.flatMap(server => {
    const { host, port } = serverAt(server)
    const is = {
      host,
      port,
      why: [`dns: the addresses of ${names.length === 1 ? names[0]?.host : `${names.length} names`}`],
      addresses: addressesOf(host, []),
      through: null,
      role: 'dns',
    } as const
    return [
      { ...is, proto: 'udp' },
      { ...is, proto: 'tcp' },
    ] as const
  })
}

const dnsPort = 53

/** `10.0.0.2`, `10.0.0.2:5353`, `fd00::2`, `[fd00::2]:5353` */
const serverAt = (server: string): { readonly host: string; readonly port: number } => {
  const [, bracketed, after] = /^\[(.+)\](?::(\d+))?$/.exec(server) ?? []
  if (bracketed !== undefined) return { host: bracketed, port: Number(after ?? dnsPort) }
  const [host = '', port] = isIP(server) === 6 ? [server] : server.split(':')
  return { host, port: Number(port ?? dnsPort) }
}
