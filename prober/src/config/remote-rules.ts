import type { ProbeDefinition } from '@llmstatus/shared/definition'
import { chatRoads } from '@llmstatus/shared/provider-file'
import { fillTemplate } from '../credentials/origin.ts'
import type { Probe } from '../probe.ts'
import type { Ask } from './ask.ts'
import { costOfCall } from './cost.ts'
import type { Endpoint } from './endpoint.ts'

/**
 * What a definition from outside may not do, though the same file written here might. Whoever wrote it does not see this
 * network, and is taken for somebody who would like to.
 *
 * Invariants, unless the operator says `allow_private`, for an origin that was set here (a shipped one leads to public
 * addresses alone):
 * - Nothing is asked whether it stands in an answer: yes or no, again and again, reads everything.
 * - No path but those that are asked here anyway, or that the provider's file fixes.
 * And always: it runs no more often, waits no longer and costs no more than a guest may.
 */
export const remoteRefusals = ['private_origin', 'too_often', 'too_long', 'price_unknown'] as const
export type RemoteRefusal = (typeof remoteRefusals)[number]

export interface Guest {
  readonly definition: ProbeDefinition
  readonly ask: Ask
  readonly probe: Probe
}

export interface HouseRules {
  readonly allowPrivate: boolean
  /** What the configuration here asks of anybody. */
  readonly local: readonly Ask[]
}

export interface Objection {
  readonly reason: RemoteRefusal
  readonly what: string
}

export const remoteLimits = {
  unbilledEveryMs: 30_000,
  billedEveryMs: 60_000,
  timeoutMs: 60_000,
  perMinute: 60,
} as const

export const objectionTo = (guest: Guest, rules: HouseRules): Objection | null =>
  privateObjection(guest, rules) ?? rhythmObjection(guest) ?? priceObjection(guest)

const looksInside = [
  'response_contains',
  'response_not_contains',
  'response_matches',
  'json_schema',
  'body_contains',
  'models_contain',
] as const

const privateObjection = ({ definition, ask }: Guest, { allowPrivate, local }: HouseRules): Objection | null => {
  if (allowPrivate || ask.endpoint.grant.given === 'shipped') return null
  const { expected = {} } = definition
  const check = looksInside.find(key => expected[key] !== undefined)
  if (check !== undefined)
    return { reason: 'private_origin', what: `expected.${check}: looks into answers of an origin that was set here` }
  if (ask.type === 'tcp' || isAskedHere(ask, local)) return null
  return {
    reason: 'private_origin',
    what: 'asks for a path that is not asked for here, of an origin that was set here',
  }
}

const isAskedHere = ({ endpoint, method, path }: Ask, local: readonly Ask[]): boolean =>
  [...local.filter(other => other.endpoint === endpoint), ...fixedUses(endpoint)].some(
    use => use.method === method && use.path === path,
  )

/** Those with a model in them are whatever the definition says. */
const isByModel = /\{model(_path)?\}/
const fixedUses = ({ file, values }: Endpoint): readonly Pick<Ask, 'method' | 'path'>[] => {
  if (file === null) return []
  const { reachability, embeddings } = file
  const roads = chatRoads(file).flatMap(({ path, unstreamed_path: whole = path }) => [path, whole])
  const posts = [...roads, ...(embeddings === undefined ? [] : [embeddings.path])].filter(path => !isByModel.test(path))
  return [
    { method: reachability.method, path: fillTemplate(reachability.path, values) },
    ...posts.map(path => ({ method: 'POST' as const, path: fillTemplate(path, values) })),
  ]
}

const rhythmObjection = ({ ask, probe }: Guest): Objection | null => {
  const leastMs = probe.billed ? remoteLimits.billedEveryMs : remoteLimits.unbilledEveryMs
  if (ask.everyMs < leastMs) return { reason: 'too_often', what: `every: more often than every ${leastMs / 1000}s` }
  if (ask.timeoutMs <= remoteLimits.timeoutMs) return null
  return { reason: 'too_long', what: `timeout_ms: more than ${remoteLimits.timeoutMs}` }
}

/** What it costs must be known, or no budget could hold it; unless somebody here has named that model. */
const priceObjection = ({ ask, probe }: Guest): Objection | null => {
  const isNamedHere = ask.model !== null && (ask.endpoint.models ?? []).includes(ask.model)
  if (!probe.billed || isNamedHere || costOfCall(probe) !== null) return null
  return { reason: 'price_unknown', what: 'model: has no price here; credentials[].models may name it' }
}
