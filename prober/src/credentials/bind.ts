import type { ProviderFile } from '@llmstatus/shared/provider-file'
import type { Secret } from '@llmstatus/shared/secret'
import type { Auth, Credential, HttpProxy, Signing, TokenExchange } from '../probe.ts'
import { checkOrigin } from './origin.ts'

/**
 * Binds a key to the one origin it may reach.
 *
 * Invariants
 * - Origin, header and fixed headers come from the provider file and the local configuration; nothing else is asked.
 * - What is not in `allow` is not sent. The list is made here, before the first probe, and frozen.
 * - A key that is exchanged reaches the token's origin and not this one; its token reaches this one and no other.
 * - http, and private addresses, only where the origin was written down locally, and then for that host and port alone.
 */

/** Who may be reached, and as whom: what the configuration settles before anything is asked. */
export interface Grant {
  readonly name: string
  readonly provider: string
  readonly origin: string
  readonly given: 'shipped' | 'set'
  readonly auth: ProviderFile['auth']
  readonly secret: Secret | null
  /** The secret signs. */
  readonly signing?: Signing
  /** The secret is exchanged. */
  readonly exchange?: TokenExchange
  readonly headers: Readonly<Record<string, string>>
  readonly cidrs: readonly string[]
  readonly ca: string | null
  readonly proxy: HttpProxy | null
}

/** What is going to be asked there. */
export interface Use {
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly path: string
}

export const bindCredential = (grant: Grant, uses: readonly Use[]): Credential => {
  const checked = checkOrigin(grant.origin, grant.given)
  if (!checked.ok) throw new Error(`an origin that was never checked reached bind: ${grant.provider} ${checked.what}`)
  return Object.freeze({
    name: grant.name,
    provider: grant.provider,
    origin: checked.origin,
    auth: authOf(grant),
    headers: Object.freeze({ ...grant.headers }),
    allow: Object.freeze([...new Set(uses.map(({ method, path }) => `${method} ${path}`))]),
    net: Object.freeze({ private: grant.given === 'set', cidrs: Object.freeze([...grant.cidrs]) }),
    ca: grant.ca,
    proxy: grant.proxy,
  })
}

const authOf = ({ auth, secret, signing, exchange }: Grant): Auth | null => {
  if (secret === null || auth.scheme === 'none') return null
  if (signing !== undefined)
    return Object.freeze({
      header: 'authorization',
      scheme: 'aws_sigv4',
      secret,
      signing: Object.freeze({ ...signing }),
    })
  const { header, scheme } = auth
  return Object.freeze({
    header,
    scheme,
    secret,
    ...(exchange === undefined ? {} : { exchange: boundExchange(exchange) }),
  })
}

const boundExchange = (exchange: TokenExchange): TokenExchange => {
  const checked = checkOrigin(exchange.origin, exchange.net.private ? 'set' : 'shipped')
  if (!checked.ok) throw new Error(`a token's origin that was never checked reached bind: it ${checked.what}`)
  const { private: isPrivate, cidrs } = exchange.net
  const net = Object.freeze({ private: isPrivate, cidrs: Object.freeze([...cidrs]) })
  return Object.freeze({ ...exchange, origin: checked.origin, net })
}
