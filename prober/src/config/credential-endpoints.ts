import { suggest } from '@llmstatus/shared/did-you-mean'
import type { ProberFile } from '@llmstatus/shared/prober-config'
import type { ProviderFile } from '@llmstatus/shared/provider-file'
import { checkOrigin, fillTemplate } from '../credentials/origin.ts'
import type { Endpoint, Sources } from './endpoint.ts'
import { proxyBeside, type Usual } from './proxies.ts'
import { type At, caBeside, type LoadedFile, secretAt } from './read-prober-file.ts'
import { secretNames } from './secret-names.ts'
import { templateValues } from './template-values.ts'

type Listed = NonNullable<ProberFile['credentials']>[number]

/** `credentials` of prober.yaml: what is written there is meant, so whatever is wrong with it is an error. */
export const credentialEndpoints = (sources: Sources, usual: Usual): readonly Endpoint[] => {
  const { file } = sources
  if (file === null) return []
  const listed = file.value.credentials ?? []
  for (const [index, { name, provider }] of listed.entries()) {
    const others = listed.slice(0, index)
    if (others.some(other => other.name === name))
      throw file.wrong(['credentials', index, 'name'], 'is the name of another one')
    if (others.some(other => other.provider === provider))
      throw file.wrong(
        ['credentials', index, 'provider'],
        `is a second credential for ${provider}; one for each provider can be used`,
        'run a second prober for the second key',
      )
  }
  return listed.map((credential, index) => endpointOf(sources, file, { credential, at: ['credentials', index], usual }))
}

interface Entry {
  readonly credential: Listed
  readonly at: At
}

interface UsualEntry extends Entry {
  readonly usual: Usual
}

const endpointOf = (sources: Sources, file: LoadedFile, { credential, at, usual }: UsualEntry): Endpoint => {
  const provider = providerOf(sources, file, { credential, at })
  const { env, readFile } = sources
  const template = credential.origin ?? provider.origin
  const filled = templateValues(provider, template, {
    values: credential.values ?? {},
    env,
    secrets: secretNames(sources),
  })
  if (!filled.ok) throw file.wrong(at, filled.what, 'set it, or write it under values')
  const origin = originOf(file, [...at, 'origin'], {
    provider,
    credential,
    origin: fillTemplate(template, filled.values),
  })
  const given = credential.origin === undefined ? 'shipped' : 'set'
  const isPublic = given === 'shipped' || provider.origin_suffix !== undefined
  return {
    id: provider.id,
    kind: provider.kind,
    file: provider,
    isTarget: false,
    grant: {
      name: credential.name,
      provider: provider.id,
      origin,
      given,
      auth: provider.auth,
      secret: secretAt(file, [...at, 'secret'], { env, readFile, source: credential.secret }),
      headers: provider.headers ?? {},
      cidrs: credential.net?.private ?? [],
      // an authority of one's own vouches for origins of one's own, never for a provider's
      ca: caBeside(sources, file, { at, caFile: credential.ca_file, otherwise: given === 'set' ? usual.ca : null }),
      proxy: proxyBeside(sources, {
        file,
        at,
        choice: credential,
        ca: usual.ca,
        origin,
        otherwise: isPublic ? usual.proxy : null,
      }),
    },
    values: filled.values,
    models: credential.models ?? null,
    maxOutputTokens: credential.limits?.max_output_tokens ?? null,
  }
}

const providerOf = ({ definitions }: Sources, file: LoadedFile, { credential, at }: Entry): ProviderFile => {
  const provider = definitions.providers.get(credential.provider)
  const place = [...at, 'provider']
  if (provider === undefined)
    throw file.wrong(
      place,
      'is no provider that this version knows',
      suggest(credential.provider, [...definitions.providers.keys()]),
    )
  if (provider.kind === 'self_hosted')
    throw file.wrong(place, `${provider.id} is self-hosted`, 'list it under targets, with its origin')
  return provider
}

interface Origin {
  readonly provider: ProviderFile
  readonly credential: Listed
  readonly origin: string
}

const originOf = (file: LoadedFile, at: At, { provider, credential, origin }: Origin): string => {
  const checked = checkOrigin(origin, credential.origin === undefined ? 'shipped' : 'set')
  if (!checked.ok) throw file.wrong(at, checked.what)
  const suffix = provider.origin_suffix
  if (suffix !== undefined && credential.origin !== undefined && !new URL(checked.origin).hostname.endsWith(suffix))
    throw file.wrong(at, `does not end in ${suffix}`)
  return checked.origin
}
