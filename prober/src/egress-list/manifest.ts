/** What stands around the rules of a manifest. */
export interface Manifest {
  readonly name: string
  readonly namespace: string | null
  readonly podLabels: Readonly<Record<string, string>>
}

export const defaultManifest: Manifest = {
  name: 'llmstatus-prober-egress',
  namespace: null,
  podLabels: { 'app.kubernetes.io/name': 'llmstatus-prober' },
}

/** Always quoted: to YAML `on`, `1.0` and `null` are no words. All of it is plain ASCII by then. */
export const quoted = (text: string): string => JSON.stringify(text)

export const metadataLines = ({ name, namespace }: Manifest): readonly string[] => [
  'metadata:',
  `  name: ${quoted(name)}`,
  ...(namespace === null ? [] : [`  namespace: ${quoted(namespace)}`]),
]

export const labelLines = (labels: Manifest['podLabels'], indent: number): readonly string[] =>
  Object.entries(labels).map(([key, value]) => `${' '.repeat(indent)}${quoted(key)}: ${quoted(value)}`)

export const comment = (lines: readonly string[], indent: number): readonly string[] =>
  lines.map(line => `${' '.repeat(indent)}# ${line}`)

export const fileText = (lines: readonly string[]): string => `${lines.join('\n')}\n`
