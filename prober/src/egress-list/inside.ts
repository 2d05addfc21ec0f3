import { liesIn, readNetwork } from '@llmstatus/shared/ip'
import { networks } from '@llmstatus/shared/networks'

/**
 * The ranges that a policy for the whole world leaves out: everything that shared/networks.ts does not call public, each
 * range once, and for IPv6 also the IPv4 ranges as a NAT64 gateway would be asked for them.
 */
export interface Range {
  readonly cidr: string
  readonly what: string
}

export const insideV4 = (): readonly Range[] => widest(4)

export const insideV6 = (): readonly Range[] => [...widest(6), ...insideV4().map(asNat64)]

/** Of those that hand out credentials, what lies in this range: no range that somebody writes down opens them. */
export const metadataIn = (cidr: string): readonly string[] => {
  const range = readNetwork(cidr)
  if (range === null) return []
  return networks.flatMap(([inner, kind]) => {
    const network = readNetwork(inner)
    const lies = network !== null && network.bits >= range.bits && liesIn(network, range)
    return kind === 'metadata' && lies ? [inner] : []
  })
}

const widest = (family: 4 | 6): readonly Range[] => {
  const closed = networks.flatMap(([cidr, kind, what]) => {
    const network = readNetwork(cidr)
    // the whole of IPv6 is `reserved` until something narrower says otherwise; the rest of the world is ::/0 itself
    return network === null || network.family !== family || kind === 'public' || network.bits === 0
      ? []
      : [{ cidr, kind, what, network }]
  })
  return closed
    .filter(one => !closed.some(other => other !== one && liesIn(one.network, other.network)))
    .map(({ cidr, kind, what, network }) => {
      const holds = closed.some(other => other.kind === 'metadata' && liesIn(other.network, network))
      return { cidr, what: kind === 'metadata' ? `metadata: ${what}` : holds ? `${what}; metadata inside` : what }
    })
}

/** RFC 6052: the well-known prefix, and the IPv4 address in its last 32 bits. */
const asNat64 = ({ cidr, what }: Range): Range => {
  const network = readNetwork(cidr)
  if (network === null) throw new Error(`${cidr} is not a network`)
  const groups = [network.value >> 16n, network.value & 0xffffn].map(group => group.toString(16))
  const address = network.value === 0n ? '' : groups.join(':')
  return { cidr: `64:ff9b::${address}/${96 + network.bits}`, what: `${cidr} through NAT64: ${what}` }
}
