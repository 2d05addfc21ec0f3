import type { z } from 'zod'
import { nearest } from './did-you-mean.ts'
import { type Program, type Variable, type VariableName, variableNames, variables } from './environment-table.ts'
import { CodedError } from './errors.ts'
import { type Env, type ReadFile, readSecretText } from './read-secret.ts'
import { issueWords } from './schema-problems.ts'
import { Secret } from './secret.ts'

export { type Program, programs, type VariableName, variableNames, variables } from './environment-table.ts'

/**
 * The environment, read once. A name that begins with LLMSTATUS_ and is in no table is an error; each program takes the
 * other's names, so that one .env file serves both. A variable that is set but empty counts as not set.
 */

type ValueOf<N extends VariableName> =
  (typeof variables)[N] extends Variable<infer T, infer S> ? (S extends true ? Secret : T) : never

/** What was set, typed; null where it was not. Defaults come with `settingOf`, after the configuration file had its say. */
export type Environment = { readonly [N in VariableName]: ValueOf<N> | null }

/**
 * Names are checked for both programs; values are read for `program` alone, or for both where it is left out, so that
 * a prober need not be able to open the aggregator's secret files.
 */
export const readEnvironment = (env: Env, readFile: ReadFile, program?: Program): Environment => {
  for (const name of Object.keys(env)) checkName(name, env[name] ?? '')
  const read = (name: VariableName) => {
    const variable: Variable = variables[name]
    return program === undefined || variable.programs.includes(program) ? readValue(env, readFile, name) : null
  }
  return Object.freeze(Object.fromEntries(variableNames.map(name => [name, read(name)]))) as Environment
}

const readValue = (env: Env, readFile: ReadFile, name: VariableName): unknown => {
  const variable: Variable = variables[name]
  const given = variable.secret ? readSecretText(env, readFile, name) : withoutServiceLink(env[name] ?? '').trim()
  if (given === null || given === '') return null
  const parsed = variable.type.schema.safeParse(given)
  if (!parsed.success) throw wrongValue(name, parsed.error)
  return variable.secret ? new Secret(given) : parsed.data
}

const wrongValue = (name: VariableName, error: z.ZodError): CodedError => {
  const issue = error.issues[0]
  const [entry, ...rest] = issue?.path ?? []
  const place =
    typeof entry === 'number' ? [`entry ${entry + 1}`, ...rest.map(String)].map(part => `${part}: `).join('') : ''
  const what = issue === undefined ? 'is wrong' : issueWords(issue)
  return new CodedError('config_invalid', `${name}: ${place}${what}`, {
    hint: variables[name].meaning,
  })
}

export const defaultOf = (name: VariableName, program: Program): string | null => {
  const { default: fallback }: Variable = variables[name]
  return typeof fallback === 'object' && fallback !== null ? fallback[program] : fallback
}

type Setting<N extends VariableName> = (typeof variables)[N]['default'] extends null ? ValueOf<N> | null : ValueOf<N>

/** What counts: what was set, else the default. */
export const settingOf = <N extends VariableName>(environment: Environment, program: Program, name: N): Setting<N> => {
  const fallback = defaultOf(name, program)
  const counts = environment[name] ?? (fallback === null ? null : variables[name].type.schema.parse(fallback))
  return counts as Setting<N>
}

const prefix = 'LLMSTATUS_'

const checkName = (name: string, given: string): void => {
  if (!name.startsWith(prefix) || name in variables || isServiceLink(name, given)) return
  const owner = name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : null
  if (owner !== null && owner in variables) {
    if (variables[owner as VariableName].secret) return
    throw new CodedError('config_invalid', `${name}: ${owner} is not a secret and is not read from a file`, {
      hint: `set ${owner} itself`,
    })
  }
  throw new CodedError('config_invalid', `${name}: there is no such variable`, { hint: suggestName(name) })
}

/** Compared without the prefix they all share, which would make every name look near. */
const shortNames = new Map<string, VariableName>(variableNames.map(name => [name.replace(prefix, ''), name]))

const suggestName = (name: string): string => {
  const short = [...shortNames.keys()]
  const meant = nearest(name.slice(prefix.length), short)
  return meant === null
    ? `after ${prefix} come: ${short.filter(known => shortNames.get(known) !== known).join(', ')}`
    : `did you mean ${shortNames.get(meant)}?`
}

/** Kubernetes puts these into every pod for a Service whose name begins with llmstatus; they are not ours. */
const isServiceLink = (name: string, given: string): boolean =>
  /_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name) ||
  (name.endsWith('_PORT') && serviceLink.test(given))

const serviceLink = /^(tcp|udp|sctp):\/\//

/** LLMSTATUS_PORT itself is such a link where the Service is called llmstatus. */
const withoutServiceLink = (given: string): string => (serviceLink.test(given) ? '' : given)
