import type { ProviderFile } from '@llmstatus/shared/provider-file'
import { Secret } from '@llmstatus/shared/secret'
import { bindCredential } from '../credentials/bind.ts'
import { probeOf } from './ask.ts'
import { costPerDay } from './cost.ts'
import type { Endpoint } from './endpoint.ts'
import { type Definitions, suiteProbes } from './read-definitions.ts'
import { suiteAsks } from './suite-asks.ts'

/** What a day of each suite costs at most with a provider, whether there is a key for it here or not; the smallest first. */
export type SuiteCosts = Readonly<Record<string, number | null>>

export const suiteCosts = (file: ProviderFile, definitions: Definitions, dialects: ReadonlySet<string>): SuiteCosts => {
  const endpoint = asIfKeyed(file)
  const suites = [...definitions.suites.keys()].map(id => ({ id, probes: suiteProbes(definitions, id) ?? [] }))
  const costs = suites
    .toSorted((a, b) => a.probes.length - b.probes.length)
    .map(({ id, probes }) => {
      const { asks } = suiteAsks(endpoint, probes, { every: {}, dialects })
      const credential = bindCredential(endpoint.grant, asks)
      const [cost] = costPerDay(asks.map(ask => probeOf(ask, credential)))
      return [id, cost === undefined ? 0 : cost.usd] as const
    })
  return Object.fromEntries(costs)
}

/** Nothing is sent, so any origin will do: the file's own may still wait for a name in braces. */
const nowhere = 'https://provider.invalid'

const asIfKeyed = (file: ProviderFile): Endpoint => ({
  id: file.id,
  kind: file.kind,
  file,
  isTarget: file.kind === 'self_hosted',
  grant: {
    name: file.id,
    provider: file.id,
    origin: nowhere,
    given: 'shipped',
    auth: file.auth,
    secret: new Secret('none'),
    headers: file.headers ?? {},
    cidrs: [],
    ca: null,
    proxy: null,
  },
  values: {},
  models: null,
  maxOutputTokens: null,
})
