import { type Groups, groupsOf, isServiceName } from './group.ts'
import { insideV4, insideV6, metadataIn, type Range } from './inside.ts'
import { comment, fileText, labelLines, type Manifest, metadataLines, quoted } from './manifest.ts'
import { hostPort, type Way } from './way.ts'

/**
 * A NetworkPolicy for the prober's pods. It knows no names, so providers are the public world on their port, without
 * everything that is inside; what is inside is opened by range and port, as it was written down.
 */
export const networkPolicy = (ways: readonly Way[], manifest: Manifest): string => {
  const groups = groupsOf(ways)
  const rules = [
    ...(ways.some(({ role }) => role === 'dns') ? dnsRule : []),
    ...publicRule(groups.publicPorts),
    ...groups.ranged.flatMap(rangedRule),
    ...groups.unknown.flatMap(unknownRule),
    ...groups.own.flatMap(own => comment([`${hostPort(own)} is this pod itself: ${own.why.join('; ')}`], 4)),
  ]
  return fileText([
    ...comment(head, 0),
    'apiVersion: networking.k8s.io/v1',
    'kind: NetworkPolicy',
    ...metadataLines(manifest),
    'spec:',
    '  podSelector:',
    '    matchLabels:',
    ...labelLines(manifest.podLabels, 6),
    '  policyTypes: ["Egress"]',
    ...(isEmpty(rules) ? ['  egress: []', ...rules] : ['  egress:', ...rules]),
  ])
}

const head = ['What these pods may open; written by `llmstatus-prober egress --format networkpolicy`.']

const isEmpty = (rules: readonly string[]): boolean => rules.every(line => line.trimStart().startsWith('#'))

const dnsRule = [
  ...comment(['Names. Where DNS runs elsewhere (NodeLocal, OpenShift), say so here.'], 4),
  '    - to:',
  '        - namespaceSelector:',
  '            matchLabels: { "kubernetes.io/metadata.name": "kube-system" }',
  '          podSelector:',
  '            matchLabels: { "k8s-app": "kube-dns" }',
  '      ports:',
  '        - { protocol: UDP, port: 53 }',
  '        - { protocol: TCP, port: 53 }',
]

const publicRule = (ports: Groups['publicPorts']): readonly string[] =>
  ports.length === 0
    ? []
    : [
        ...comment(['Providers: the public world, and nothing that is inside.'], 4),
        '    - to:',
        ...worldBut('0.0.0.0/0', insideV4()),
        ...worldBut('::/0', insideV6()),
        ...portLines(ports),
      ]

const worldBut = (world: string, inside: readonly Range[]): readonly string[] => [
  '        - ipBlock:',
  `            cidr: ${quoted(world)}`,
  '            except:',
  ...inside.map(({ cidr, what }) => `              - ${quoted(cidr)} # ${what}`),
]

const rangedRule = (way: Groups['ranged'][number]): readonly string[] => [
  ...comment([`${hostPort(way)}: ${way.why.join('; ')}`], 4),
  '    - to:',
  ...way.cidrs.map(cidr => `        - ipBlock: { ${blockOf(cidr)} }`),
  ...portLines([way.port]),
]

const blockOf = (cidr: string): string => {
  const shut = metadataIn(cidr)
  return `cidr: ${quoted(cidr)}${shut.length === 0 ? '' : `, except: [${shut.map(quoted).join(', ')}]`}`
}

const portLines = (ports: readonly number[]): readonly string[] => [
  '      ports:',
  ...ports.map(port => `        - { protocol: TCP, port: ${port} }`),
]

/** Told, and left shut: this command asks no name server, and a guess would be a hole. */
const unknownRule = (way: Way): readonly string[] =>
  comment(
    [
      `${hostPort(way)}: ${way.why.join('; ')}`,
      `  Its address is not written down, and no packet is sent to look it up. ${whatToDo(way)}`,
      ...(isServiceName(way.host)
        ? ['  - to:', '      - podSelector: { matchLabels: { "app.kubernetes.io/name": "…" } }']
        : ['  - to:', '      - ipBlock: { cidr: "…/32" }']),
      '    ports:',
      `      - { protocol: TCP, port: ${way.port} }`,
    ],
    4,
  )

const whatToDo = ({ host, role, port }: Way): string => {
  if (isServiceName(host)) return 'A Service is opened by the labels of its pods:'
  const also = port === 443 ? 'A public one is open already; for a private one' : 'To open it'
  if (role === 'target') return `${also} write net: { private: [CIDR] } beside its origin in prober.yaml, or here:`
  return `${also} write it here:`
}
