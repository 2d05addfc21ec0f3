import { type Origin, readOrigin } from '@llmstatus/shared/address'
import { reveal, Secret } from '@llmstatus/shared/secret'
import type { HttpProxy } from '../probe.ts'

/** A proxy as it was told: its address, and apart from that what it wants to know of us. */
export type ReadProxy = { readonly ok: true; readonly proxy: HttpProxy } | { readonly ok: false; readonly what: string }

/**
 * A URL of the environment, which may hold `user:password@`, since that whole variable is a secret. They are taken out
 * here, so that the address can be shown.
 */
export const readProxyUrl = (given: Secret, ca: string | null): ReadProxy => {
  const [, scheme, userinfo = '', host] = /^(https?:\/\/)(?:([^/?#]*)@)?([^@]*?)\/?$/.exec(reveal(given)) ?? []
  const origin = `${scheme}${host}`
  if (readOrigin(origin) === null) return notAProxy
  const secret = decoded(userinfo)
  if (secret === null) return { ok: false, what: 'holds a user or a password that is not percent-encoded UTF-8' }
  return { ok: true, proxy: { origin, secret: secret === '' ? null : new Secret(secret), ca } }
}

const notAProxy: ReadProxy = { ok: false, what: 'is not scheme, host and port, such as http://proxy.internal:3128' }

const decoded = (userinfo: string): string | null => {
  try {
    return decodeURIComponent(userinfo)
  } catch {
    return null
  }
}

export const proxyAddress = ({ origin }: HttpProxy): Origin => {
  const address = readOrigin(origin)
  if (address === null) throw new Error('a proxy that was never checked is about to be used')
  return address
}

/** What CONNECT says to the proxy about who is asking; nothing of it goes any further. */
export const proxyHeaders = ({ secret }: HttpProxy): Readonly<Record<string, string>> =>
  secret === null ? {} : { 'proxy-authorization': `Basic ${Buffer.from(reveal(secret)).toString('base64')}` }
