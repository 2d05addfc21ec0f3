import { type Program, type VariableName, variableNames, variables } from '@llmstatus/shared/environment'
import { table } from './markdown.ts'

export const environmentPage =
  (): string => `<!-- Written by \`npm run generate\` from shared/src/environment.ts: change it there. -->

# Environment variables

The environment alone is enough to run either program. Each accepts the other's names, so one \`.env\` file serves both;
a name that begins with \`LLMSTATUS_\` and is not in this list is an error. A variable marked *secret* may also come as a
file, named in the same variable with \`_FILE\` at its end. The keys of providers stand under the names that the providers
themselves use, in [probe-definitions/providers](../probe-definitions/).

${section('both', 'Both programs')}

${section('prober', 'The prober')}

${section('aggregator', 'The aggregator')}
`

type Group = Program | 'both'

const section = (group: Group, title: string): string => {
  const names = variableNames.filter(name => groupOf(name) === group)
  const rows = names.map(name => [`\`${name}\``, form(name), fallback(name), variables[name].meaning])
  return `## ${title}\n\n${table(['variable', 'value', 'default', 'meaning'], rows)}`
}

const groupOf = (name: VariableName): Group => {
  const [first = 'both', ...others] = variables[name].programs
  return others.length === 0 ? first : 'both'
}

const form = (name: VariableName): string =>
  variables[name].secret ? `${variables[name].type.form}, *secret*` : variables[name].type.form

const fallback = (name: VariableName): string => {
  const given: string | null | Readonly<Record<Program, string>> = variables[name].default
  if (given === null) return '–'
  return typeof given === 'string' ? `\`${given}\`` : `prober \`${given.prober}\`, aggregator \`${given.aggregator}\``
}
