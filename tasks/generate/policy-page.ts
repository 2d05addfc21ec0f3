import { Duration } from '@llmstatus/shared/definition'
import { type Form, PolicyFile } from '../../aggregator/src/judge/policy.ts'
import { table } from './markdown.ts'

export const policyPage =
  (): string => `<!-- Written by \`npm run generate\` from aggregator/src/judge/policy.ts: change it there. -->

# The policy

Every number that a judgement rests on. Without a file these defaults hold; \`LLMSTATUS_POLICY\` names a YAML file that changes
some of them, and what it leaves out keeps its default. An unknown key is an error with its line.

\`\`\`yaml
version: 1
incident:
  failures: 5      # tell me a little later
slow:
  floor: 5s
\`\`\`

Before a file comes into force, see what it would have done: \`llmstatus-aggregator replay --policy FILE\` judges what is stored
again, incident by incident. \`pnpm bench judge\` measures the defaults on labelled traces; why they are what they are stands in
[why an incident takes three failures](why/three-failures-open.md) and [why slowness above the general threshold opens nothing](why/heavy-tails.md).

Failures are those that are the provider's ([outcomes](outcomes.md)); windows end at the newest result. How often something that
fails is looked at again is the prober's decision, so it is not in here. The sentences of a section are to be read as one.

${Object.entries(PolicyFile.shape).flatMap(sectionOf).join('\n\n')}
`

type Shape = Readonly<Record<string, { readonly meta: () => unknown; readonly parse: (value: undefined) => unknown }>>

const sectionOf = ([name, schema]: readonly [string, unknown]): readonly string[] => {
  if (name === 'version') return []
  const { description, shape } = partsOf(schema)
  const rows = Object.entries(shape).map(([key, entry]) => {
    const { form, description } = entry.meta() as { readonly form: Form; readonly description: string }
    return [`\`${name}.${key}\``, `\`${written(form, entry.parse(undefined))}\``, forms[form], description]
  })
  return [`## ${name}\n\n${description}\n\n${table(['key', 'default', 'value', 'meaning'], rows)}`]
}

/** A section is an object with a default. */
const partsOf = (schema: unknown): { readonly description: string; readonly shape: Shape } => {
  const { description, def } = schema as {
    readonly description: string
    readonly def: { readonly innerType: { readonly shape: Shape } }
  }
  return { description, shape: def.innerType.shape }
}

const forms: Readonly<Record<Form, string>> = {
  share: 'above 0, at most 1',
  count: 'a whole number',
  factor: 'above 0, at most 100',
  time: 'a duration',
}

const written = (form: Form, value: unknown): string => (form === 'time' ? duration(Number(value)) : String(value))

const units = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** The greatest unit in which it is a whole number. */
const duration = (ms: number): string => {
  const [name, unit] = units.find(([, unit]) => ms % unit === 0) ?? ['ms', 1]
  const text = `${ms / unit}${name}`
  if (Duration.parse(text) !== ms) throw new Error(`${text} is not ${ms} ms`)
  return text
}
