import { credentialEndpoints } from './credential-endpoints.ts'
import type { Found, Sources } from './endpoint.ts'
import { type FoundKey, findKeys } from './find-keys.ts'
import { keyedEndpoints, keylessEndpoints } from './found-endpoints.ts'
import type { Usual } from './proxies.ts'
import { targetEndpoints } from './target-endpoints.ts'

/**
 * Everything that can be probed. What is written down in prober.yaml comes before what is found in the environment,
 * and a provider with a key is never probed without it.
 */
export const resolveEndpoints = (
  sources: Sources,
  { keyless, usual }: { readonly keyless: 'none' | 'major'; readonly usual: Usual },
): Found => {
  const { env, readFile, environment, definitions } = sources
  const listed = credentialEndpoints(sources, usual)
  const { keys, notes } = findKeys({
    env,
    readFile,
    providers: definitions.providers.values(),
    settled: new Set(listed.map(({ id }) => id)),
    use: environment.LLMSTATUS_USE ?? [],
  })
  const targets = targetEndpoints(sources, keys, usual)
  const keyed = keyedEndpoints(sources, keys, usual)
  const taken = new Set([...listed, ...keyed.endpoints].map(({ id }) => id))
  const open = keyless === 'major' ? keylessEndpoints(sources, taken, usual) : []
  const endpoints = [...listed, ...keyed.endpoints, ...targets, ...open].sort((a, b) => (a.id < b.id ? -1 : 1))
  return {
    endpoints,
    notes: [
      ...notes,
      ...keyed.notes,
      ...unused(
        sources,
        keys,
        targets.map(({ id }) => id),
      ),
    ],
  }
}

/** The key of a server of one's own says nothing about where that server is. */
const unused = ({ definitions }: Sources, keys: readonly FoundKey[], targets: readonly string[]): readonly string[] =>
  keys
    .filter(
      ({ provider }) => definitions.providers.get(provider)?.kind === 'self_hosted' && !targets.includes(provider),
    )
    .map(
      ({ provider, variable }) =>
        `${variable} is set and not used: say where the server is, LLMSTATUS_TARGETS=${provider}=http://host:port`,
    )
