import { isIP } from 'node:net'
import { judgeAddress } from '@llmstatus/shared/address'
import { isAnywhere, type Way } from './way.ts'

/**
 * What a packet filter is told of each way, which knows addresses and no names. A name whose address nobody wrote down
 * is never opened by a guess: it is said, with what to do.
 */
export interface Groups {
  /** Ports that are open to the whole public world. */
  readonly publicPorts: readonly number[]
  /** Ranges that are written down. */
  readonly ranged: readonly (Way & { readonly cidrs: readonly string[] })[]
  /** Names that may be private. */
  readonly unknown: readonly Way[]
  /** On this very machine, where no policy reaches. */
  readonly own: readonly Way[]
}

export const groupsOf = (ways: readonly Way[]): Groups => {
  const direct = ways.filter(({ through, role }) => through === null && role !== 'dns')
  const own = direct.filter(({ host }) => host === 'localhost' || judgeAddress(host) === 'loopback')
  const sent = direct.filter(way => !own.includes(way))
  return {
    publicPorts: ports(sent.filter(isMaybePublic)),
    ranged: sent.flatMap(way =>
      way.addresses === 'public' || isAnywhere(way.addresses) ? [] : [{ ...way, cidrs: way.addresses }],
    ),
    unknown: sent.filter(({ addresses }) => isAnywhere(addresses)),
    own,
  }
}

const httpsPort = 443

/** On 443 a name that might be public is let out with the others; another port is not opened to the world for it. */
const isMaybePublic = ({ addresses, port, host }: Way): boolean =>
  addresses === 'public' || (isAnywhere(addresses) && port === httpsPort && !isInternalName(host))

export const ports = (ways: readonly Way[]): readonly number[] =>
  [...new Set(ways.map(({ port }) => port))].sort((a, b) => a - b)

/** No public zone can hold it: a lone label, or a suffix that is for use inside. */
const isInternalName = (host: string): boolean =>
  isIP(host) === 0 && (!host.includes('.') || /\.(local|internal|svc|lan|intranet|corp|home\.arpa)$/.test(host))

/** A Service of the cluster: a policy sees the pods behind it, never the Service's own address. */
export const isServiceName = (host: string): boolean =>
  isIP(host) === 0 && (!host.includes('.') || /\.svc(\.cluster\.local)?$/.test(host))
