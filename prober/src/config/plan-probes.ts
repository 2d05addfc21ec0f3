import type { ProbeDefinition } from '@llmstatus/shared/definition'
import type { CodedError } from '@llmstatus/shared/errors'
import type { ProviderFile } from '@llmstatus/shared/provider-file'
import type { Placed } from '@llmstatus/shared/strict-yaml'
import type { SuiteProbe } from '@llmstatus/shared/suite-file'
import type { Probe } from '../probe.ts'
import type { Ask } from './ask.ts'
import { bindAsks } from './bind-asks.ts'
import { definitionAsk } from './definition-asks.ts'
import type { Endpoint, Sources } from './endpoint.ts'
import { type Usual, wayNotes } from './proxies.ts'
import { readDefinition } from './read-definition.ts'
import { readText } from './read-prober-file.ts'
import { resolveEndpoints } from './resolve-endpoints.ts'
import { type Every, suiteAsks } from './suite-asks.ts'

/** What is probed, out of everything that was configured and found: first all questions, then the credentials, then both. */
export interface Plan {
  readonly probes: readonly Probe[]
  /** What they were made from, for who adds to them later. */
  readonly endpoints: readonly Endpoint[]
  readonly asks: readonly Ask[]
  /** The definitions that somebody here wrote, with the way to say what else is wrong with one. */
  readonly written: readonly Written[]
  readonly notes: readonly string[]
}

export type Written = Placed<ProbeDefinition>

/** A file with a definition, and who named it. */
export interface Named {
  readonly path: string
  readonly where: string
}

interface Choices {
  readonly suite: readonly SuiteProbe[]
  readonly definitions: readonly Named[]
  readonly keyless: 'none' | 'major'
  readonly every: Every
  readonly dialects: ReadonlySet<string>
  readonly usual: Usual
}

export const planProbes = (sources: Sources, choices: Choices): Plan => {
  const found = resolveEndpoints(sources, choices)
  const suites = found.endpoints.map(endpoint => suiteAsks(endpoint, choices.suite, choices))
  const written = choices.definitions.map(({ path, where }) =>
    readDefinition(readText(sources.readFile, path, where), path),
  )
  const taken = suites.flatMap(suite => suite.asks)
  const asks = [...taken, ...writtenAsks(written, { ...sources.definitions, ...found, ...choices, taken })]
  const probes = bindAsks(found.endpoints, asks)
  // without a suite one definition was asked for, and it is no news that the rest of the targets are not
  const isAllWanted = choices.suite.length > 0
  const idle = found.endpoints.filter(
    ({ isTarget, id }) => isAllWanted && isTarget && !asks.some(ask => ask.endpoint.id === id),
  )
  return {
    probes,
    endpoints: found.endpoints,
    asks,
    written,
    notes: [
      ...keyNotes(found.endpoints, choices.keyless),
      ...found.notes,
      ...wayNotes(found.endpoints),
      ...suites.flatMap(suite => suite.notes),
      ...idle.map(({ id }) => `${id} is a target with nothing to probe: write a definition and list it under probes`),
    ],
  }
}

const keyNotes = (endpoints: readonly Endpoint[], keyless: 'none' | 'major'): readonly string[] => {
  const providers = endpoints.filter(({ isTarget }) => !isTarget)
  const keyed = providers.filter(({ grant }) => grant.secret !== null).map(({ id }) => id)
  const open = providers.length - keyed.length
  const keys = keyed.length === 0 ? 'no key found' : `keys found: ${keyed.join(', ')}`
  if (open > 0) return [`${keys}: keyless reachability of ${open} ${keyed.length === 0 ? '' : 'more '}providers`]
  return keyed.length === 0 && keyless === 'none'
    ? [`${keys}, and LLMSTATUS_KEYLESS is none: no provider is probed`]
    : [keys]
}

interface Among {
  readonly endpoints: readonly Endpoint[]
  readonly providers: ReadonlyMap<string, ProviderFile>
  readonly dialects: ReadonlySet<string>
  readonly taken: readonly Ask[]
}

const writtenAsks = (written: readonly Written[], among: Among): readonly Ask[] => {
  const asks: Ask[] = []
  for (const definition of written) {
    const ask = definitionAsk(definition, among)
    const twin = [...among.taken, ...asks].some(other => seriesOf(other) === seriesOf(ask))
    if (twin) throw twinError(ask, definition.wrong)
    asks.push(ask)
  }
  return asks
}

/** Results of two probes with one name would be one series. */
export const seriesOf = ({ endpoint, model, probe }: Ask): string => JSON.stringify([endpoint.id, model, probe])

const twinError = ({ endpoint, model, probe }: Ask, wrong: Written['wrong']): CodedError =>
  wrong(
    ['name'],
    `${[endpoint.id, model].filter(part => part !== null).join(' ')} has a probe named ${probe} already`,
    'give this one a name of its own',
  )
