import { describe } from '@llmstatus/shared/strict'
import { errorNamed, errorNames, knows, type Provider } from '../providers/provider.ts'
import { Removal, Scenario, scenarios } from '../scenarios/schema.ts'
import type { Problem } from './problem.ts'

export type ReadAs<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem }

const bad = (code: Problem['code'], detail: string): { readonly ok: false; readonly problem: Problem } => ({
  ok: false,
  problem: { status: 422, code, detail },
})

const oneOf = (names: Iterable<string>): string => `one of: ${[...names].join(', ')}`

/** A scenario that could take hold: its provider, model and error exist here. */
export const readScenario = (input: unknown, providers: ReadonlyMap<string, Provider>): ReadAs<Scenario> => {
  const parsed = Scenario.safeParse(input)
  if (!parsed.success)
    return bad('bad_scenario', hasKnownDo(input) ? describe(parsed.error) : `do: ${oneOf(Object.keys(scenarios))}`)
  const scenario = parsed.data
  const provider = providers.get(scenario.provider)
  if (provider === undefined) return bad('unknown_provider', `provider: ${oneOf(providers.keys())}`)
  if (scenario.model !== undefined && !knows(provider, scenario.model))
    return bad('unknown_model', `model: ${oneOf([...provider.models.map(({ id }) => id), ...provider.embeds])}`)
  const error = 'error' in scenario.args ? scenario.args.error : undefined
  if (error !== undefined && errorNamed(provider, error) === undefined)
    return bad('unknown_error', `args.error: ${oneOf(errorNames(provider))}`)
  return { ok: true, value: scenario }
}

export const readRemoval = (input: unknown, providers: ReadonlyMap<string, Provider>): ReadAs<Removal> => {
  const parsed = Removal.safeParse(input ?? {})
  if (!parsed.success) return bad('bad_scenario', describe(parsed.error))
  const { provider } = parsed.data
  if (provider !== undefined && !providers.has(provider))
    return bad('unknown_provider', `provider: ${oneOf(providers.keys())}`)
  return { ok: true, value: parsed.data }
}

const hasKnownDo = (input: unknown): boolean =>
  typeof input === 'object' &&
  input !== null &&
  'do' in input &&
  typeof input.do === 'string' &&
  Object.hasOwn(scenarios, input.do)
