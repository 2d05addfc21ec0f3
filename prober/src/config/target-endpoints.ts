import { suggest } from '@llmstatus/shared/did-you-mean'
import { CodedError } from '@llmstatus/shared/errors'
import type { ProviderFile } from '@llmstatus/shared/provider-file'
import type { Secret } from '@llmstatus/shared/secret'
import type { Grant } from '../credentials/bind.ts'
import { checkOrigin } from '../credentials/origin.ts'
import { type Endpoint, plainAuth, type Sources } from './endpoint.ts'
import type { FoundKey } from './find-keys.ts'
import { proxyBeside, type Usual } from './proxies.ts'
import { caBeside, secretAt } from './read-prober-file.ts'

/** Servers of one's own: `targets` of prober.yaml, and LLMSTATUS_TARGETS. */
interface Target {
  readonly id: string
  readonly provider: string
  readonly origin: string
  readonly cidrs: readonly string[]
  readonly secret: Secret | null
  /** By its origin, as it was checked. */
  readonly wayTo: (origin: string) => Pick<Grant, 'ca' | 'proxy'>
  /** An error at the place where this target was written down. */
  readonly wrong: (key: 'id' | 'provider' | 'origin', what: string, hint?: string) => CodedError
}

const plain = ['http', 'tcp'] as const

export const targetEndpoints = (sources: Sources, keys: readonly FoundKey[], usual: Usual): readonly Endpoint[] => {
  const targets = [...listedTargets(sources, usual), ...namedTargets(sources, usual)]
  for (const [index, target] of targets.entries())
    if (targets.slice(0, index).some(({ id }) => id === target.id))
      throw target.wrong('id', `${target.id} is there twice`)
  return targets.map(target => endpointOf(sources, target, keys))
}

const listedTargets = ({ env, readFile, file }: Sources, { ca }: Usual): readonly Target[] =>
  file === null
    ? []
    : (file.value.targets ?? []).map(({ id, provider, origin, net, secret, ...choice }, index) => {
        const at = ['targets', index]
        return {
          id,
          provider,
          origin,
          cidrs: net?.private ?? [],
          secret: secret === undefined ? null : secretAt(file, [...at, 'secret'], { env, readFile, source: secret }),
          wayTo: checked => ({
            ca: caBeside({ readFile }, file, { at, caFile: choice.ca_file, otherwise: ca }),
            proxy: proxyBeside({ env, readFile }, { file, at, choice, ca, origin: checked, otherwise: null }),
          }),
          wrong: (key, what, hint) => file.wrong([...at, key], what, hint),
        }
      })

const namedTargets = ({ environment }: Sources, { ca }: Usual): readonly Target[] =>
  (environment.LLMSTATUS_TARGETS ?? []).map(({ id, origin }, index) => ({
    id,
    provider: id,
    origin,
    cidrs: [],
    secret: null,
    wayTo: () => ({ ca, proxy: null }),
    wrong: (_key, what, hint) =>
      new CodedError('config_invalid', `LLMSTATUS_TARGETS: entry ${index + 1}: ${what}`, { hint }),
  }))

const endpointOf = ({ definitions }: Sources, target: Target, keys: readonly FoundKey[]): Endpoint => {
  const file = fileOf(definitions.providers, target)
  checkId(definitions.providers, target)
  const checked = checkOrigin(target.origin, 'set')
  if (!checked.ok) throw target.wrong('origin', checked.what)
  // A key from the environment goes to the target that bears the provider's own name, and to no other.
  const found = keys.find(({ provider }) => provider === target.id && provider === target.provider)
  return {
    id: target.id,
    kind: 'self_hosted',
    file,
    isTarget: true,
    grant: {
      name: target.id,
      provider: target.id,
      origin: checked.origin,
      given: 'set',
      auth: file?.auth ?? plainAuth,
      secret: target.secret ?? found?.secret ?? null,
      headers: file?.headers ?? {},
      cidrs: target.cidrs,
      ...target.wayTo(checked.origin),
    },
    values: {},
    models: null,
    maxOutputTokens: null,
  }
}

const fileOf = (providers: ReadonlyMap<string, ProviderFile>, { provider, wrong }: Target): ProviderFile | null => {
  if (plain.some(name => name === provider)) return null
  const file = providers.get(provider)
  const usable = [...providers.values()].filter(({ kind }) => kind === 'self_hosted').map(({ id }) => id)
  if (file === undefined)
    throw wrong('provider', `${provider} is not a self-hosted provider`, suggest(provider, [...usable, ...plain]))
  if (file.kind !== 'self_hosted')
    throw wrong('provider', `${provider} is not self-hosted`, 'its origin can be set under credentials in prober.yaml')
  return file
}

/** Results carry the id alone, so it cannot also be that of somebody else's service. */
const checkId = (providers: ReadonlyMap<string, ProviderFile>, { id, provider, wrong }: Target): void => {
  if (id === 'reference' || (providers.has(id) && id !== provider))
    throw wrong('id', `${id} is taken by a provider`, 'choose another id')
}
