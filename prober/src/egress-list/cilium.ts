import { isIP } from 'node:net'
import { groupsOf, isServiceName, ports } from './group.ts'
import { comment, fileText, labelLines, type Manifest, metadataLines, quoted } from './manifest.ts'
import { hostPort, type Way } from './way.ts'

/** A CiliumNetworkPolicy: by name, and only what may be connected to may be asked of DNS. */
export const cilium = (ways: readonly Way[], manifest: Manifest): string => {
  const { own } = groupsOf(ways)
  const direct = ways.filter(way => way.through === null && way.role !== 'dns' && !own.includes(way))
  const named = direct.filter(({ host }) => isIP(host) === 0 && !isServiceName(host))
  const services = direct.filter(({ host }) => isServiceName(host))
  const literal = direct.filter(({ host }) => isIP(host) !== 0)
  const rules = [
    ...dnsRule([...named, ...services]),
    ...ports(named).flatMap(port => namedRule(named, port)),
    ...literal.flatMap(literalRule),
    ...services.flatMap(serviceRule),
    ...own.flatMap(way => comment([`${hostPort(way)} is this pod itself: ${way.why.join('; ')}`], 4)),
  ]
  const isEmpty = rules.every(line => line.trimStart().startsWith('#'))
  return fileText([
    ...comment(['What these pods may open; written by `llmstatus-prober egress --format cilium`.'], 0),
    'apiVersion: cilium.io/v2',
    'kind: CiliumNetworkPolicy',
    ...metadataLines(manifest),
    'spec:',
    '  endpointSelector:',
    '    matchLabels:',
    ...labelLines(manifest.podLabels, 6),
    // an empty rule opens nothing and still puts the pods under the policy; an empty list would leave them alone
    ...(isEmpty ? ['  egress: [{}]', ...rules] : ['  egress:', ...rules]),
  ])
}

const dnsRule = (named: readonly Way[]): readonly string[] =>
  named.length === 0
    ? []
    : [
        ...comment(
          [
            'Names, and no others. Give the pods dnsConfig: { options: [{ name: ndots, value: "1" }] }, so that a name',
            'is asked as it stands and not first with every suffix of the cluster.',
          ],
          4,
        ),
        '    - toEndpoints:',
        '        - matchLabels:',
        '            "k8s:io.kubernetes.pod.namespace": "kube-system"',
        '            "k8s:k8s-app": "kube-dns"',
        '      toPorts:',
        '        - ports: [{ port: "53", protocol: ANY }]',
        '          rules:',
        '            dns:',
        ...hostsOf(named).map(host => `              - matchName: ${quoted(host)}`),
        ...named.filter(({ host }) => isServiceName(host)).flatMap(suffixedLine),
      ]

/** A Service may be asked for by its short name alone, so with what the cluster puts behind it. */
const suffixedLine = ({ host }: Way): readonly string[] => {
  if (host.endsWith('.svc')) return [`              - matchName: ${quoted(`${host}.cluster.local`)}`]
  return host.includes('.') ? [] : [`              - matchPattern: ${quoted(`${host}.*.svc.cluster.local`)}`]
}

const namedRule = (named: readonly Way[], port: number): readonly string[] => {
  const here = named.filter(way => way.port === port)
  return [
    ...comment(
      here.map(way => `${hostPort(way)}: ${way.why.join('; ')}`),
      4,
    ),
    '    - toFQDNs:',
    ...hostsOf(here).map(host => `        - matchName: ${quoted(host)}`),
    ...portLines(port),
  ]
}

const literalRule = (way: Way): readonly string[] => [
  ...comment([`${hostPort(way)}: ${way.why.join('; ')}`], 4),
  `    - toCIDR: [${quoted(`${way.host}/${isIP(way.host) === 4 ? 32 : 128}`)}]`,
  ...portLines(way.port),
]

/** Cilium looks behind a Service before it judges, so a name or an address of one opens nothing. */
const serviceRule = (way: Way): readonly string[] =>
  comment(
    [
      `${hostPort(way)}: ${way.why.join('; ')}`,
      '  A Service is opened by the labels of its pods, which are not known here:',
      '  - toEndpoints: [{ matchLabels: { "app.kubernetes.io/name": "…" } }]',
      `    toPorts: [{ ports: [{ port: "${way.port}", protocol: TCP }] }]`,
    ],
    4,
  )

const portLines = (port: number): readonly string[] => [
  '      toPorts:',
  `        - ports: [{ port: "${port}", protocol: TCP }]`,
]

const hostsOf = (ways: readonly Way[]): readonly string[] => [...new Set(ways.map(({ host }) => host))]
