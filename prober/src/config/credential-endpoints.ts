import { isIP } from 'node:net'
import { judgeAddress } from '@llmstatus/shared/address'
import { suggest } from '@llmstatus/shared/did-you-mean'
import type { ProberFile } from '@llmstatus/shared/prober-config'
import type { ProviderFile } from '@llmstatus/shared/provider-file'
import type { Secret } from '@llmstatus/shared/secret'
import { checkOrigin, fillTemplate } from '../credentials/origin.ts'
import type { Endpoint, Sources } from './endpoint.ts'
import { proxyBeside, type Usual } from './proxies.ts'
import { type At, beside, caBeside, type LoadedFile, readText, secretAt } from './read-prober-file.ts'
import { secretNames } from './secret-names.ts'
import { accountSecret, type Keys, signInOf, type TokenWay } from './sign-in.ts'
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
  const { env } = sources
  const template = credential.origin ?? provider.origin
  const filled = templateValues(provider, template, {
    values: credential.values ?? {},
    env,
    secrets: secretNames(sources),
  })
  if (!filled.ok) throw file.wrong(at, filled.what, 'set it, or write it under values')
  const origin = originOf(file, [...at, 'origin'], {
    given: givenOf(sources, credential),
    provider,
    credential,
    origin: fillTemplate(template, filled.values),
  })
  const given = givenOf(sources, credential)
  const { values } = filled
  const signIn = signInOf(provider, keysOf(sources, file, { credential, at, provider }), {
    values,
    tokens: tokenWay(sources, file, { credential, at, usual }),
  })
  if (typeof signIn === 'string') throw file.wrong(at, `${provider.id} ${signIn}`)
  const { origin_suffix: suffix } = provider
  const isPublic = given === 'shipped' || (suffix !== undefined && new URL(origin).hostname.endsWith(suffix))
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
      ...signIn,
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
    values,
    models: credential.models ?? null,
    maxOutputTokens: credential.limits?.max_output_tokens ?? null,
  }
}

/** Its key, and what its provider wants beside it. */
const keysOf = (sources: Sources, file: LoadedFile, { credential, at, provider }: Entry & WithProvider): Keys => {
  const from = { env: sources.env, readFile: sources.readFile }
  const { secret: source, secrets = {} } = credential
  const known = provider.secrets ?? []
  const others = Object.entries(secrets).map(([name, other]) => {
    const place = [...at, 'secrets', name]
    if (!known.includes(name)) throw file.wrong(place, `is no secret of ${provider.id}`, suggest(name, known))
    return [name, secretAt(file, place, { ...from, source: other })] as const
  })
  const isAccount = provider.auth.exchange?.grant === 'google_jwt'
  const secret = isAccount
    ? accountAt(sources, file, { at: [...at, 'secret'], source })
    : secretAt(file, [...at, 'secret'], { ...from, source })
  return { secret, variable: null, beside: new Map(others) }
}

const accountAt = (
  { env, readFile }: Sources,
  file: LoadedFile,
  { at, source }: { readonly at: At; readonly source: string },
): Secret => {
  const name = source.slice(source.indexOf(':') + 1)
  const told = source.startsWith('file:') ? beside(file, name) : (env[name] ?? '')
  if (told === '') throw file.wrong(at, `${name} is not set`, 'set it, or take this entry out')
  return accountSecret(told.startsWith('{') ? told : readText(readFile, told, file.where(at)), file.where(at))
}

/** As for its origin: one that was set here has the authorities of here, and no proxy but the one beside it. */
const tokenWay = (sources: Sources, file: LoadedFile, { credential, at, usual }: UsualEntry): TokenWay => {
  const { token_origin: origin = null, net, ca_file: caFile } = credential
  const isSet = origin !== null
  return {
    origin,
    cidrs: net?.private ?? [],
    ca: caBeside(sources, file, { at, caFile, otherwise: isSet ? usual.ca : null }),
    proxy: proxyBeside(sources, {
      file,
      at,
      choice: credential,
      ca: usual.ca,
      origin: origin ?? 'https://',
      otherwise: isSet ? null : usual.proxy,
    }),
  }
}

interface WithProvider {
  readonly provider: ProviderFile
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

/** An origin of a file of one's own was written down here, too. */
const givenOf = ({ definitions }: Sources, { origin, provider }: Listed): 'shipped' | 'set' =>
  origin === undefined && !definitions.own.has(provider) ? 'shipped' : 'set'

interface Origin {
  readonly given: 'shipped' | 'set'
  readonly provider: ProviderFile
  readonly credential: Listed
  readonly origin: string
}

const originOf = (file: LoadedFile, at: At, { provider, credential, origin, given }: Origin): string => {
  const checked = checkOrigin(origin, given)
  if (!checked.ok) throw file.wrong(at, checked.what)
  const suffix = provider.origin_suffix
  if (suffix !== undefined && credential.origin !== undefined && !mayStandFor(checked.origin, suffix))
    throw file.wrong(at, `does not end in ${suffix}`)
  return checked.origin
}

/** A name is held to its provider's suffix; an address of our own network is nobody's by mistake. */
const mayStandFor = (origin: string, suffix: string): boolean => {
  const { hostname } = new URL(origin)
  const address = hostname.replace(/^\[|\]$/g, '')
  return hostname.endsWith(suffix) || (isIP(address) !== 0 && judgeAddress(address) !== 'public')
}
