import { type Address, liesIn, type Network, readAddress, readNetwork } from './ip.ts'
import { type NetworkKind, networks } from './networks.ts'

export { type Origin, readOrigin } from './origin.ts'

/**
 * Which addresses a connection may go to. Pure: text in, verdict out. Both programs ask here about every address they
 * are about to connect to: a literal, each answer of a lookup, and the peer once it is there.
 *
 * Invariants
 * - Nothing is public by default in IPv6: outside 2000::/3 an address is what networks.ts says, else reserved.
 * - An IPv4 address inside an IPv6 one (mapped, or under NAT64's well-known prefix) is judged as that IPv4 address.
 * - Metadata and reserved addresses are never allowed, whatever the policy says.
 */
export type AddressVerdict = NetworkKind | 'invalid'

export const judgeAddress = (address: string): AddressVerdict => {
  const read = readAddress(address)
  return read === null ? 'invalid' : kindOf(read)
}

const kindOf = (address: Address): NetworkKind =>
  longestFirst.find(({ network }) => liesIn(address, network))?.kind ?? 'reserved'

const parsed = (cidr: string): Network => {
  const network = readNetwork(cidr)
  if (network === null) throw new Error(`networks.ts: ${cidr} is not a network`)
  return network
}

const longestFirst: readonly { readonly network: Network; readonly kind: NetworkKind }[] = networks
  .map(([cidr, kind]) => ({ network: parsed(cidr), kind }))
  .sort((a, b) => b.network.bits - a.network.bits)

export interface AddressPolicy {
  /** The origin was given locally, so it may be private. */
  readonly private: boolean
  /** Where any stand here, a private or loopback address must lie in one of them. */
  readonly cidrs: readonly string[]
  /** Decides about loopback on its own; left out, loopback is treated as private. */
  readonly loopback?: boolean
}

export const connectRefusals = ['invalid', 'metadata', 'reserved', 'private', 'loopback', 'outside_cidrs'] as const
export type ConnectRefusal = (typeof connectRefusals)[number]
export type MayConnect = { readonly ok: true } | { readonly ok: false; readonly reason: ConnectRefusal }

export const mayConnect = (address: string, policy: AddressPolicy): MayConnect => {
  const read = readAddress(address)
  if (read === null) return { ok: false, reason: 'invalid' }
  const kind = kindOf(read)
  if (kind === 'public') return { ok: true }
  if (kind === 'metadata' || kind === 'reserved') return { ok: false, reason: kind }
  if (kind === 'loopback' && policy.loopback === true) return { ok: true }
  if (!policy.private || (kind === 'loopback' && policy.loopback === false)) return { ok: false, reason: kind }
  return isListed(read, policy.cidrs) ? { ok: true } : { ok: false, reason: 'outside_cidrs' }
}

const isListed = (address: Address, cidrs: readonly string[]): boolean => {
  const lists = cidrs.map(readNetwork)
  return lists.length === 0 || lists.some(network => network !== null && liesIn(address, network))
}

/** Names that clouds answer with credentials, wherever they resolve to. */
export const metadataNames = [
  'metadata',
  'metadata.goog',
  'metadata.google.internal',
  'metadata.azure.internal',
  'metadata.platformequinix.com',
  'metadata.packet.net',
  'metadata.tencentyun.com',
  'instance-data',
  'instance-data.ec2.internal',
  'rancher-metadata',
] as const

export const isMetadataName = (host: string): boolean => {
  const name = host.toLowerCase().replace(/\.+$/, '')
  return metadataNames.some(known => name === known || name.endsWith(`.${known}`))
}
