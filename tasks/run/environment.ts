import { type Program, type VariableName, variableNames, variables } from '@llmstatus/shared/environment'
import { systemEnvironment } from '../system-environment.ts'

/**
 * Who sees what. The aggregator gets the machine's variables and its own settings, chosen by name, so a provider key
 * cannot reach it. The prober gets everything but the aggregator's secrets.
 */
type Env = NodeJS.ProcessEnv

export const aggregatorEnvironment = (env: Env): Env => ({
  ...systemEnvironment(env),
  ...only(
    env,
    namesFor('aggregator').filter(name => name !== 'LLMSTATUS_CONFIG'), // with one .env for both, it is the prober's
  ),
})

export const proberEnvironment = (env: Env): Env => {
  const hidden = namesFor('aggregator').filter(name => !namesFor('prober').includes(name) && isSecret(name))
  return Object.fromEntries(Object.entries(env).filter(([name]) => !hidden.includes(name)))
}

const baseName = (name: string): VariableName => name.replace(/_FILE$/, '') as VariableName

const isSecret = (name: string): boolean => (variables[name as VariableName] ?? variables[baseName(name)])?.secret

/** With NAME_FILE for every secret. */
const namesFor = (program: Program): readonly string[] =>
  variableNames
    .filter(name => (variables[name].programs as readonly Program[]).includes(program))
    .flatMap(name => (variables[name].secret ? [name, `${name}_FILE`] : [name]))

const only = (env: Env, names: readonly string[]): Env =>
  Object.fromEntries(names.filter(name => env[name] !== undefined).map(name => [name, env[name]]))
