import { readOrigin } from '@llmstatus/shared/address'
import { reveal } from '@llmstatus/shared/secret'
import type { Credential, WarmUp } from '../probe.ts'
import type { Attempt, Attempted, Listener, PolicyRefusal } from '../transport/attempt.ts'
import type { Transport } from '../transport/transport.ts'

/**
 * The only place where an API key becomes text, and only for the request that carries it to its own origin.
 *
 * Invariants
 * - The URL is built from the credential's origin. What was asked gives a path, and that path, parsed as a URL parser
 *   would, must still lead to exactly that origin and be exactly the path that was asked.
 * - `METHOD /path` stands on the credential's list, or nothing is sent.
 * - Header names and values are printable ASCII: no CR, no LF, nothing that a server could read as another line.
 * - The key is written last, so that no header that was asked can take its place or name another host.
 * - Through a proxy only https goes: it is told of the origin's host and port, and reads nothing.
 * - A refusal is an outcome of the probe: data, with a reason of a closed list, and without what was refused.
 */
export interface SendInput {
  readonly credential: Credential
  readonly ask: Pick<Attempt, 'method' | 'path' | 'headers' | 'body'>
  /** Held to the same rules. Left out, the connection is cold. */
  readonly warmUp?: WarmUp | undefined
  readonly options: Pick<Attempt, 'goal' | 'awaitsToken' | 'wantsCertificate' | 'deadlines'>
}

export type Send = (input: SendInput, listener: Listener, signal: AbortSignal) => Promise<Attempted>

export const createSend =
  (transport: Transport): Send =>
  async (input, listener, signal) => {
    const built = buildAttempt(input)
    return typeof built === 'string' ? refused(built) : transport(built, listener, signal)
  }

const refused = (refusal: PolicyRefusal): Attempted => ({
  stamps: { dns: null, tcp: null, tls: null, sent: null, firstByte: null, lastByte: null },
  head: null,
  refusal,
  failure: null,
  certificateEndsMs: null,
})

const buildAttempt = ({ credential, ask, options, warmUp }: SendInput): Attempt | PolicyRefusal => {
  const origin = readOrigin(credential.origin)
  const { net, ca, proxy } = credential
  // what is not encrypted would be read by the proxy
  if (origin === null || (proxy !== null && origin.scheme === 'http')) return 'bad_origin'
  const common = { ...options, origin, net, ca, proxy }
  if (options.goal === 'connection') return { ...common, method: 'GET', path: '/', headers: {}, body: null }
  const request = requestOf(credential, ask)
  const first = warmUp === undefined ? null : warmingOf(credential, warmUp)
  if (typeof request === 'string') return request
  if (typeof first === 'string') return first
  return { ...common, ...request, body: ask.body, ...(first === null ? {} : { warmUp: first }) }
}

type Request = Pick<Attempt, 'method' | 'path' | 'headers'>

const requestOf = (credential: Credential, ask: SendInput['ask']): Request | PolicyRefusal => {
  if (!staysAt(credential.origin, ask.path)) return 'path_leaves_origin'
  if (!methods.has(ask.method) || !credential.allow.includes(`${ask.method} ${ask.path}`)) return 'not_allowed'
  if (credential.auth !== null && settled.has(credential.auth.header.toLowerCase())) return 'bad_header'
  const headers = headersOf(credential, ask)
  if (!Object.entries(headers).every(isPlainHeader)) return 'bad_header'
  return { method: ask.method, path: ask.path, headers }
}

const warmingOf = (credential: Credential, { method, path, keyed }: WarmUp): Request | PolicyRefusal =>
  requestOf(keyed ? credential : { ...credential, auth: null }, {
    method,
    path,
    headers: { accept: '*/*' },
    body: null,
  })

const staysAt = (origin: string, path: string): boolean => {
  const url = URL.parse(path, origin)
  if (url === null || url.origin !== origin || url.username !== '' || url.password !== '') return false
  return path.startsWith('/') && url.hash === '' && `${url.pathname}${url.search}` === path
}

const headersOf = ({ origin, auth, headers }: Credential, ask: SendInput['ask']): Readonly<Record<string, string>> => {
  const { 'content-length': _length, ...asked } = { ...lowerCased(ask.headers), ...lowerCased(headers) }
  return {
    'user-agent': 'llmstatus-prober',
    ...asked,
    'accept-encoding': 'identity',
    host: new URL(origin).host,
    ...(ask.body === null ? {} : { 'content-length': String(Buffer.byteLength(ask.body)) }),
    ...(auth === null ? {} : { [auth.header.toLowerCase()]: keyFor(auth) }),
  }
}

const keyFor = ({ scheme, secret }: NonNullable<Credential['auth']>): string =>
  scheme === 'bearer' ? `Bearer ${reveal(secret)}` : reveal(secret)

/** So that no spelling of a name gives two headers. */
const lowerCased = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** A list is of what is asked, and nothing is asked in another way. */
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST'])

/** Written here for every request, so no key is ever written there. */
const settled: ReadonlySet<string> = new Set(['host', 'content-length', 'user-agent', 'accept-encoding'])

/** Names that decide where a message goes or where it ends are never asked for. */
const ours = new Set(['connection', 'transfer-encoding', 'upgrade', 'expect', 'te', 'trailer', 'proxy-authorization'])

const isPlainHeader = ([name, value]: readonly [string, string]): boolean =>
  /^[a-z0-9-]{1,64}$/.test(name) && !ours.has(name) && /^[\x20-\x7e]{0,8192}$/.test(value)
