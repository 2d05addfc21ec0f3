import { CodedError } from '@llmstatus/shared/errors'
import { Secret } from '@llmstatus/shared/secret'
import type { HttpProxy } from '../probe.ts'
import { readProxyUrl } from '../tunnel/proxy.ts'
import type { Endpoint, Sources } from './endpoint.ts'
import { type At, type LoadedFile, secretAt } from './read-prober-file.ts'

/**
 * Which proxy is used for what.
 *
 * - LLMSTATUS_PROXY is for what is public: origins that ship with a provider's file, or lie under its own suffix, and the
 *   aggregator where its address is public. Any other origin was written down here, and may be private: it is reached
 *   directly, unless `proxy` stands beside it.
 * - `proxy` beside an origin overrules that, `direct` among its values.
 * - Only https goes through a proxy, since the proxy could read the rest, and the key in it.
 * - No proxy of the surroundings (HTTPS_PROXY and the like) is ever used.
 */

/** What is taken where nothing stands beside an origin. */
export interface Usual {
  /** For origins that were set here, and for a proxy that is spoken to over TLS: LLMSTATUS_CA_FILE. */
  readonly ca: string | null
  /** For what is public: LLMSTATUS_PROXY. */
  readonly proxy: HttpProxy | null
}

export const usualProxy = (environment: Sources['environment'], ca: string | null): HttpProxy | null => {
  const given = environment.LLMSTATUS_PROXY
  if (given === null) return null
  const read = readProxyUrl(given, ca)
  if (read.ok) return read.proxy
  throw new CodedError('config_invalid', `LLMSTATUS_PROXY: ${read.what}`, {
    hint: 'http://user:password@proxy.internal:3128, where the user and the password may be left out',
  })
}

interface Choice {
  readonly proxy?: string | undefined
  readonly proxy_secret?: string | undefined
}

export interface Chosen {
  readonly file: LoadedFile
  /** Where the choice stands. */
  readonly at: At
  readonly choice: Choice
  readonly ca: string | null
}

/** Null is the direct way, undefined no choice at all. */
export const chosenProxy = (
  { env, readFile }: Pick<Sources, 'env' | 'readFile'>,
  { file, at, choice, ca }: Chosen,
): HttpProxy | null | undefined => {
  const { proxy, proxy_secret: source } = choice
  if (proxy === undefined) return undefined
  if (proxy === 'direct') return null
  const read = readProxyUrl(new Secret(proxy), ca)
  if (!read.ok) throw file.wrong([...at, 'proxy'], read.what)
  if (source === undefined) return read.proxy
  const secret = secretAt(file, [...at, 'proxy_secret'], { env, readFile, source })
  return { ...read.proxy, secret }
}

/** The way to an origin that somebody wrote down. */
export const proxyBeside = (
  sources: Pick<Sources, 'env' | 'readFile'>,
  chosen: Chosen & { readonly origin: string; readonly otherwise: HttpProxy | null },
): HttpProxy | null => {
  const { file, at, origin, otherwise } = chosen
  const proxy = chosenProxy(sources, chosen)
  if (proxy != null && origin.startsWith('http:'))
    throw file.wrong(
      [...at, 'proxy'],
      `could read all that is sent to ${origin}`,
      'write the origin with https, or reach it directly',
    )
  return proxy === undefined ? otherwise : proxy
}

/** Who goes which way, where any goes through a proxy at all. */
export const wayNotes = (endpoints: readonly Endpoint[]): readonly string[] => {
  const waysOf = ({ grant: { proxy } }: Endpoint) => proxy?.origin ?? ''
  const proxies = [...new Set(endpoints.map(waysOf))].filter(origin => origin !== '').sort()
  const goers = (way: string) => endpoints.filter(endpoint => waysOf(endpoint) === way).map(({ id }) => id)
  const direct = goers('')
  return [
    ...proxies.map(origin => `through the proxy ${origin}: ${goers(origin).join(', ')}`),
    ...(proxies.length === 0 || direct.length === 0 ? [] : [`not through a proxy: ${direct.join(', ')}`]),
  ]
}
