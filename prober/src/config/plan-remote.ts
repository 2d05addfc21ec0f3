import { setImmediate as breathe } from 'node:timers/promises'
import type { ProbeDefinition } from '@llmstatus/shared/definition'
import { CodedError } from '@llmstatus/shared/errors'
import { plain } from '@llmstatus/shared/ids'
import type { ProviderFile } from '@llmstatus/shared/provider-file'
import type { Placed } from '@llmstatus/shared/strict-yaml'
import type { Probe } from '../probe.ts'
import type { Ask } from './ask.ts'
import { bindAsks } from './bind-asks.ts'
import { definitionAsk, usableEndpoint } from './definition-asks.ts'
import type { Endpoint } from './endpoint.ts'
import { seriesOf } from './plan-probes.ts'
import { patternExpectationProblem, readDefinitionValue } from './read-definition.ts'
import { objectionTo, type RemoteRefusal, remoteLimits } from './remote-rules.ts'

/**
 * Definitions that came over the network, made into probes beside those that were configured.
 *
 * Invariants
 * - Each is read by the reader and compiled by the code that a local file is, and then held to the rules of a guest.
 * - One that is wrong is left out and named; the others run. A set is for many probers, and half of it may be for others.
 * - What is configured here is not touched: its names win, and its credentials are bound without regard to any of this.
 *   These have credentials of their own, whose lists hold what they ask and nothing else.
 */
export interface RemotePlan {
  readonly probes: readonly Probe[]
  readonly refused: readonly RefusedDefinition[]
}

/**
 * invalid: not a definition, or one that this version cannot run · not_configured: for a provider that has no key here, and
 * perhaps for another prober · name_taken: by a probe of this prober, or one before it · too_many: together more than this
 * prober does for a guest · the others: remote-rules.ts
 */
export interface RefusedDefinition {
  readonly name: string
  readonly reason: 'invalid' | 'not_configured' | 'name_taken' | 'too_many' | RemoteRefusal
  readonly what: string
}

export interface Surroundings {
  readonly endpoints: readonly Endpoint[]
  readonly providers: ReadonlyMap<string, ProviderFile>
  readonly dialects: ReadonlySet<string>
  /** What is asked anyway. */
  readonly asks: readonly Ask[]
  readonly allowPrivate: boolean
}

export type RawDefinition = Readonly<Record<string, unknown>>

/** Something may be measured meanwhile, and a large set takes a tenth of a second. */
const atATime = 10

export const planRemote = async (definitions: readonly RawDefinition[], around: Surroundings): Promise<RemotePlan> => {
  const taken: Ask[] = []
  const refused: RefusedDefinition[] = []
  const soFar: SoFar = { names: new Set(around.asks.map(seriesOf)), perMinute: 0 }
  for (const [index, value] of definitions.entries()) {
    if (index % atATime === atATime - 1) await breathe()
    const judged = await judge(value, around, soFar)
    if ('reason' in judged) refused.push({ name: nameOf(value, index), ...judged })
    else {
      taken.push(judged.ask)
      soFar.names.add(seriesOf(judged.ask))
      soFar.perMinute += perMinute(judged.ask)
    }
  }
  return { probes: bindAsks(around.endpoints, taken), refused }
}

/** Which names are given away, and how much runs. */
interface SoFar {
  readonly names: Set<string>
  perMinute: number
}

type Judged = { readonly ask: Ask } | Omit<RefusedDefinition, 'name'>

const judge = async (value: RawDefinition, around: Surroundings, soFar: SoFar): Promise<Judged> => {
  if (isDeep(value)) return { reason: 'invalid', what: 'is nested too deep' }
  try {
    const definition = readDefinitionValue(value, '')
    if (usableEndpoint(definition.value, around.endpoints) === null)
      return { reason: 'not_configured', what: `there is no ${definition.value.provider} for it here` }
    const pattern = await patternExpectationProblem(definition.value.expected ?? {})
    if (pattern !== null) return { reason: 'invalid', what: `expected.response_matches: ${pattern}` }
    return admit(definition, around, soFar)
  } catch (error) {
    if (error instanceof CodedError) return { reason: 'invalid', what: error.message.replace(/^: /, '') }
    throw error
  }
}

const admit = (definition: Placed<ProbeDefinition>, around: Surroundings, soFar: SoFar): Judged => {
  const ask = definitionAsk(definition, around)
  const [probe] = bindAsks([ask.endpoint], [ask])
  if (probe === undefined) throw new Error('an ask without a probe')
  const rules = { allowPrivate: around.allowPrivate, local: around.asks }
  const objection = objectionTo({ definition: definition.value, ask, probe }, rules)
  if (objection !== null) return objection
  if (soFar.names.has(seriesOf(ask)))
    return { reason: 'name_taken', what: `there is a probe named ${ask.probe} of it already` }
  if (soFar.perMinute + perMinute(ask) > remoteLimits.perMinute)
    return { reason: 'too_many', what: `with those before it more than ${remoteLimits.perMinute} a minute` }
  return { ask }
}

const perMinute = ({ everyMs }: Ask): number => 60_000 / everyMs

const deepest = 32

/** Looked at level by level: what is deeper than a stack must not be walked on one. */
const isDeep = (value: unknown): boolean => {
  let level: readonly unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true
    level = level.flatMap(each => (each !== null && typeof each === 'object' ? Object.values(each) : []))
  }
  return false
}

/** `#3 openai gpt-5-nano sums`, as far as it says so: for a log line. */
const nameOf = (value: RawDefinition, index: number): string => {
  const told = [value.provider, value.model, value.name ?? value.probe_type]
  return [`#${index + 1}`, ...told.filter(part => typeof part === 'string').map(part => plain(part, 64))].join(' ')
}
