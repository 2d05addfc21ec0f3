import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chatRoads, ProviderFile } from '@llmstatus/shared/provider-file'
import { parseYaml } from '@llmstatus/shared/strict-yaml'
import { root } from '../root.ts'
import { table } from './markdown.ts'

const folder = join(root, 'probe-definitions/providers')

const filesThere = (): readonly ProviderFile[] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.yaml'))
    .map(name => parseYaml(ProviderFile, readFileSync(join(folder, name), 'utf8'), name))
    .sort((a, b) => (a.id < b.id ? -1 : 1))

export const providersPage = (): string => {
  const files = filesThere()
  return `<!-- Written by \`npm run generate\` from probe-definitions/providers: change it there. -->

# Providers

${files.length} provider files ship. One that is missing is [one YAML file](adding-a-provider.md). A key is found under the
names below; one in *italics* means many things, and is used only where \`LLMSTATUS_USE\` names it. A price is in dollars
per million tokens, in and out, with the day on which somebody looked at it.

${section(files, 'hosted', 'Hosted')}

${section(files, 'gateway', 'Gateways')}

## On machines of one's own

Reached as [targets](probes.md), where \`provider\` is the id.

${table(
  ['id', 'name', 'where, where nothing is said', 'asked for its health', 'dialects', 'not confirmed'],
  files
    .filter(({ kind }) => kind === 'self_hosted')
    .map(file => [
      link(file),
      file.name,
      `\`${file.origin}\``,
      `\`${file.reachability.method} ${file.reachability.path}\``,
      dialectsOf(file),
      listed(file.unverified),
    ]),
)}

## Dialects

${table(
  ['dialect', 'spoken by'],
  spoken(files).map(([dialect, ids]) => [`\`${dialect}\``, `${ids.length}: ${ids.join(', ')}`]),
)}
`
}

const section = (files: readonly ProviderFile[], kind: ProviderFile['kind'], title: string): string => `## ${title}

${table(
  ['id', 'name', 'key', 'dialects', 'the suites chat with', 'price', 'as of', 'not confirmed'],
  files
    .filter(file => file.kind === kind)
    .map(file => [link(file), file.name, keysOf(file), dialectsOf(file), ...modelOf(file), listed(file.unverified)]),
)}`

const link = ({ id }: ProviderFile): string => `[${id}](../probe-definitions/providers/${id}.yaml)`
const listed = (texts: readonly string[]): string => texts.join('; ')

const keysOf = ({ env, general_purpose_env: general = [] }: ProviderFile): string =>
  env.map(name => (general.includes(name) ? `*\`${name}\`*` : `\`${name}\``)).join(', ')

const roadsOf = (file: ProviderFile): readonly string[] => [
  ...chatRoads(file).map(({ dialect }) => dialect),
  ...(file.embeddings === undefined ? [] : [file.embeddings.dialect]),
]
const dialectsOf = (file: ProviderFile): string =>
  roadsOf(file)
    .map(name => `\`${name}\``)
    .join(', ')

const modelOf = ({ models }: ProviderFile): readonly [string, string, string] => {
  const model = models.find(each => each.default === true)
  const { price } = model ?? {}
  const dollars = price === undefined ? '' : `${price.input ?? '?'} / ${price.output ?? '?'}`
  return [model === undefined ? '' : `\`${model.id}\``, dollars, price?.as_of ?? '']
}

const spoken = (files: readonly ProviderFile[]): readonly (readonly [string, readonly string[]])[] => {
  const names = [...new Set(files.flatMap(roadsOf))].sort()
  return names.map(name => [name, files.filter(file => roadsOf(file).includes(name)).map(({ id }) => id)] as const)
}
