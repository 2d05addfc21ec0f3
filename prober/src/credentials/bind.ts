import type { ProviderFile } from '@llmstatus/shared/provider-file'
import type { Secret } from '@llmstatus/shared/secret'
import type { Credential, HttpProxy } from '../probe.ts'
import { checkOrigin } from './origin.ts'

/**
 * Binds a key to the one origin it may reach.
 *
 * Invariants
 * - Origin, header and fixed headers come from the provider file and the local configuration; nothing else is asked.
 * - What is not in `allow` is not sent. The list is made here, before the first probe, and frozen.
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

const authOf = ({ auth, secret }: Grant): Credential['auth'] =>
  secret === null || auth.scheme === 'none' ? null : Object.freeze({ header: auth.header, scheme: auth.scheme, secret })
