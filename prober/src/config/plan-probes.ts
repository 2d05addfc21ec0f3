import type { CodedError } from '@llmstatus/shared/errors'
import type { SuiteProbe } from '@llmstatus/shared/suite-file'
import { bindCredential } from '../credentials/bind.ts'
import type { Probe } from '../probe.ts'
import { type Ask, probeOf } from './ask.ts'
import { definitionAsk, readDefinition } from './definition-asks.ts'
import type { Endpoint, Sources } from './endpoint.ts'
import { beside, readText } from './read-prober-file.ts'
import { resolveEndpoints } from './resolve-endpoints.ts'
import { type Every, suiteAsks } from './suite-asks.ts'

/** What is probed, out of everything that was configured and found: first all questions, then the credentials, then both. */
export interface Plan {
  readonly probes: readonly Probe[]
  readonly notes: readonly string[]
}

interface Choices {
  readonly suite: readonly SuiteProbe[]
  readonly keyless: 'none' | 'major'
  readonly every: Every
  readonly dialects: ReadonlySet<string>
  /** For origins that were set locally. */
  readonly ca: string | null
}

export const planProbes = (sources: Sources, choices: Choices): Plan => {
  const found = resolveEndpoints(sources, choices)
  const suites = found.endpoints.map(endpoint => suiteAsks(endpoint, choices.suite, choices))
  const asks = [
    ...suites.flatMap(suite => suite.asks),
    ...customAsks(sources, found.endpoints, { ...choices, taken: suites.flatMap(suite => suite.asks) }),
  ]
  const probes = found.endpoints.flatMap(endpoint => {
    const own = asks.filter(ask => ask.endpoint === endpoint)
    const credential = bindCredential(
      endpoint.grant,
      own.filter(({ type }) => type !== 'tcp'),
    )
    return own.map(ask => probeOf(ask, credential))
  })
  const idle = found.endpoints.filter(({ isTarget, id }) => isTarget && !asks.some(ask => ask.endpoint.id === id))
  return {
    probes,
    notes: [
      ...keyNotes(found.endpoints, choices.keyless),
      ...found.notes,
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

interface Custom extends Choices {
  readonly taken: readonly Ask[]
}

const customAsks = (
  { file, readFile, definitions }: Sources,
  endpoints: readonly Endpoint[],
  { dialects, taken }: Custom,
): readonly Ask[] => {
  if (file === null) return []
  const asks: Ask[] = []
  for (const [index, name] of (file.value.probes ?? []).entries()) {
    const path = beside(file, name)
    const definition = readDefinition(readText(readFile, path, file.where(['probes', index])), path)
    const ask = definitionAsk(definition, { endpoints, providers: definitions.providers, dialects })
    const twin = [...taken, ...asks].some(other => seriesOf(other) === seriesOf(ask))
    if (twin) throw twinError(ask, definition.wrong)
    asks.push(ask)
  }
  return asks
}

/** Results of two probes with one name would be one series. */
const seriesOf = ({ endpoint, model, probe }: Ask): string => JSON.stringify([endpoint.id, model, probe])

const twinError = (
  { endpoint, model, probe }: Ask,
  wrong: (path: readonly string[], what: string, hint?: string) => CodedError,
): CodedError =>
  wrong(
    ['name'],
    `${[endpoint.id, model].filter(part => part !== null).join(' ')} has a probe named ${probe} already`,
    'give this one a name of its own',
  )
