import { isIP } from 'node:net'
import { judgeAddress } from '@llmstatus/shared/address'
import { insideV4, insideV6, metadataIn } from './inside.ts'
import { comment, fileText } from './manifest.ts'
import { hostPort, type Way } from './way.ts'

/**
 * What a squid must let through: CONNECT to these hosts and ports, exactly, and not where one of them resolves to the
 * inside. Through a proxy the prober sees no address, so that last part is the proxy's to check.
 */
export const squid = (ways: readonly Way[]): string => {
  const proxied = ways.filter(({ through }) => through !== null)
  const isProxied = proxied.length > 0
  const asked = isProxied ? proxied : ways.filter(way => isSentOut(way) && way.proto === 'https')
  return fileText([
    ...comment(
      ['For squid.conf, before its last http_access line; written by `llmstatus-prober egress --format squid`.'],
      0,
    ),
    ...(isProxied ? [] : comment(['No proxy is configured: this is what one would have to let through.'], 0)),
    'acl llmstatus_connect method CONNECT',
    ...dstAcl('llmstatus_metadata', metadata()),
    ...dstAcl(
      'llmstatus_inside',
      [...insideV4(), ...insideV6()].map(({ cidr }) => cidr),
    ),
    ...[...groupsOf(asked)].flatMap(([name, group]) => groupLines(name, group)),
    ...comment(
      ['Everything else. Leave this line out where other clients use this proxy and one like it ends the file.'],
      0,
    ),
    'http_access deny all',
  ])
}

const isSentOut = ({ host, role }: Way): boolean =>
  role !== 'dns' && role !== 'proxy' && host !== 'localhost' && judgeAddress(host) !== 'loopback'

const metadata = (): readonly string[] => ['0.0.0.0/0', '::/0'].flatMap(metadataIn)

/** A port with its hosts; those that may be private are not held to public addresses. */
const groupsOf = (ways: readonly Way[]): ReadonlyMap<string, readonly Way[]> =>
  Map.groupBy(ways, ({ port, addresses }) => (addresses === 'public' ? `${port}` : `${port}_own`))

const groupLines = (name: string, group: readonly Way[]): readonly string[] => {
  const [first] = group
  if (first === undefined) return []
  const denied = first.addresses === 'public' ? 'llmstatus_inside' : 'llmstatus_metadata'
  return [
    ...comment(
      group.map(way => `${hostPort(way)}: ${way.why.join('; ')}`),
      0,
    ),
    `acl llmstatus_port_${name} port ${first.port}`,
    ...[...Map.groupBy(group, kindOf)].flatMap(([kind, ways]) => {
      const hosts = `llmstatus_${kind.acl}_${name}`
      return [
        ...ways.map(({ host }) => `acl ${hosts} ${kind.match} ${host}`),
        `http_access deny llmstatus_connect ${hosts} ${denied}`,
        `http_access allow llmstatus_connect ${hosts} llmstatus_port_${name}`,
      ]
    }),
  ]
}

const byName = { acl: 'hosts', match: 'dstdomain -n' } as const
const byAddress = { acl: 'addresses', match: 'dst' } as const
const kindOf = ({ host }: Way): typeof byName | typeof byAddress => (isIP(host) === 0 ? byName : byAddress)

/** A file may be read on a narrow screen. */
const dstAcl = (name: string, cidrs: readonly string[]): readonly string[] =>
  Array.from(
    { length: Math.ceil(cidrs.length / 6) },
    (_, at) => `acl ${name} dst ${cidrs.slice(at * 6, at * 6 + 6).join(' ')}`,
  )
