import type { Credential } from '../probe.ts'
import type { Attempt, PolicyRefusal } from '../transport/attempt.ts'

/** What a request must be before anything of a key is put into it: pure, and without a key. */

export type Request = Pick<Attempt, 'method' | 'path' | 'headers'>
export type Asking = Pick<Attempt, 'method' | 'path' | 'headers' | 'body'>

/** Null where it may be asked. */
export const refusalOf = (credential: Credential, ask: Asking): PolicyRefusal | null => {
  if (!staysAt(credential.origin, ask.path)) return 'path_leaves_origin'
  if (!methods.has(ask.method) || !credential.allow.includes(`${ask.method} ${ask.path}`)) return 'not_allowed'
  return credential.auth !== null && settled.has(credential.auth.header.toLowerCase()) ? 'bad_header' : null
}

export const staysAt = (origin: string, path: string): boolean => {
  const url = URL.parse(path, origin)
  if (url === null || url.origin !== origin || url.username !== '' || url.password !== '') return false
  return path.startsWith('/') && url.hash === '' && `${url.pathname}${url.search}` === path
}

/** Everything but what is the key's. */
export const plainHeaders = (
  { origin, headers }: Pick<Credential, 'origin' | 'headers'>,
  ask: Pick<Asking, 'headers' | 'body'>,
): Readonly<Record<string, string>> => {
  const { 'content-length': _length, ...asked } = { ...lowerCased(ask.headers), ...lowerCased(headers) }
  return {
    'user-agent': 'llmstatus-prober',
    ...asked,
    'accept-encoding': 'identity',
    host: new URL(origin).host,
    ...(ask.body === null ? {} : { 'content-length': String(Buffer.byteLength(ask.body)) }),
  }
}

/** So that no spelling of a name gives two headers. */
const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** A list is of what is asked, and nothing is asked in another way. */
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST'])

/** Written here for every request, so no key is ever written there. */
const settled: ReadonlySet<string> = new Set(['host', 'content-length', 'user-agent', 'accept-encoding'])

/** Names that decide where a message goes or where it ends are never asked for. */
const ours = new Set(['connection', 'transfer-encoding', 'upgrade', 'expect', 'te', 'trailer', 'proxy-authorization'])

export const arePlain = (headers: Readonly<Record<string, string>>): boolean =>
  Object.entries(headers).every(
    ([name, value]) => /^[a-z0-9-]{1,64}$/.test(name) && !ours.has(name) && /^[\x20-\x7e]{0,8192}$/.test(value),
  )
