import { readOrigin } from '@llmstatus/shared/address'
import { reveal } from '@llmstatus/shared/secret'
import type { Auth, Clock, Credential, WarmUp } from '../probe.ts'
import type { Attempt, Attempted, Listener, PolicyRefusal } from '../transport/attempt.ts'
import type { Transport } from '../transport/transport.ts'
import { grantBody } from './grants.ts'
import { calledOff, notAsked } from './refused.ts'
import { type Asking, arePlain, plainHeaders, type Request, refusalOf } from './request.ts'
import { signV4 } from './sigv4.ts'
import { createTokenFetch, type TokenRequest } from './token-fetch.ts'
import { createTokenStore, type Exchanged } from './token-store.ts'

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
 * - A key that signs is not sent. One that is exchanged goes to the token's origin and never to this one, and its token to
 *   this one and never back; no token is fetched for what would be refused anyhow.
 * - A refusal is an outcome of the probe: data, with a reason of a closed list, and without what was refused.
 */
export interface SendInput {
  readonly credential: Credential
  readonly ask: Asking
  /** Held to the same rules. Left out, the connection is cold. */
  readonly warmUp?: WarmUp | undefined
  readonly options: Pick<Attempt, 'goal' | 'awaitsToken' | 'wantsCertificate' | 'deadlines'>
}

export type Send = (input: SendInput, listener: Listener, signal: AbortSignal) => Promise<Attempted>

export const createSend = (transport: Transport, clock: Clock): Send => {
  const tokens = createTokenStore(clock, createTokenFetch({ transport, requestOf: auth => tokenRequest(auth, clock) }))
  return async (input, listener, signal) => {
    const { auth } = input.credential
    const built = buildAttempt(isExchanged(auth) ? withAuth(input, null) : input, clock)
    if (typeof built === 'string') return notAsked({ refusal: built })
    if (!isExchanged(auth) || input.options.goal === 'connection') return transport(built, listener, signal)

    const fetched = await tokens.get(auth, signal)
    if (fetched === null) return notAsked({ failure: calledOff })
    if (!fetched.ok) return fetched.attempted
    const carrying = buildAttempt(
      withAuth(input, { header: auth.header, scheme: auth.scheme, secret: fetched.token }),
      clock,
    )
    if (typeof carrying === 'string') return notAsked({ refusal: carrying })
    const countsFromUs = clock.monoUs()
    const attempted = await transport(carrying, listener, signal)
    if (attempted.head?.status === 401) tokens.forget(auth, fetched.token)
    return { countsFromUs, ...attempted, carried: fetched.token }
  }
}

const isExchanged = (auth: Auth | null): auth is Exchanged => auth !== null && 'exchange' in auth

const withAuth = (input: SendInput, auth: Auth | null): SendInput => ({
  ...input,
  credential: { ...input.credential, auth },
})

const buildAttempt = ({ credential, ask, options, warmUp }: SendInput, clock: Clock): Attempt | PolicyRefusal => {
  const origin = readOrigin(credential.origin)
  const { net, ca, proxy } = credential
  // what is not encrypted would be read by the proxy
  if (origin === null || (proxy !== null && origin.scheme === 'http')) return 'bad_origin'
  const common = { ...options, origin, net, ca, proxy }
  if (options.goal === 'connection') return { ...common, method: 'GET', path: '/', headers: {}, body: null }
  const request = requestOf(credential, ask, clock)
  const first = warmUp === undefined ? null : warmingOf(credential, warmUp, clock)
  if (typeof request === 'string') return request
  if (typeof first === 'string') return first
  return { ...common, ...request, body: ask.body, ...(first === null ? {} : { warmUp: first }) }
}

const requestOf = (credential: Credential, ask: Asking, clock: Clock): Request | PolicyRefusal => {
  const refusal = refusalOf(credential, ask)
  if (refusal !== null) return refusal
  const plain = plainHeaders(credential, ask)
  if (!arePlain(plain)) return 'bad_header'
  const headers = { ...plain, ...keyHeaders(credential.auth, { ...ask, headers: plain }, clock) }
  return arePlain(headers) ? { method: ask.method, path: ask.path, headers } : 'bad_header'
}

const warmingOf = (credential: Credential, { method, path, keyed }: WarmUp, clock: Clock): Request | PolicyRefusal =>
  requestOf(
    keyed ? credential : { ...credential, auth: null },
    { method, path, headers: { accept: '*/*' }, body: null },
    clock,
  )

const keyHeaders = (auth: Auth | null, ask: Asking, clock: Clock): Readonly<Record<string, string>> => {
  if (auth === null) return {}
  if (auth.scheme === 'aws_sigv4') return signatureOf(auth, ask, clock)
  const text = reveal(auth.secret)
  return { [auth.header.toLowerCase()]: auth.scheme === 'bearer' ? `Bearer ${text}` : text }
}

/** Not signed, because who stands between may write them anew. */
const loose: ReadonlySet<string> = new Set(['user-agent', 'accept-encoding'])

const signatureOf = (
  { secret, signing }: Extract<Auth, { readonly scheme: 'aws_sigv4' }>,
  { method, path, headers, body }: Asking,
  clock: Clock,
): Readonly<Record<string, string>> => {
  const { keyId, session, service, region } = signing
  const key = { id: reveal(keyId), secret: reveal(secret), session: session === null ? null : reveal(session) }
  const signed = Object.fromEntries(Object.entries(headers).filter(([name]) => !loose.has(name)))
  return signV4({ method, path, headers: signed, body: body ?? '' }, { ...key, service, region }, clock.nowMs())
}

/** The way of a key to where it is exchanged. Its one path stands in the provider's file. */
const tokenRequest = ({ secret, exchange }: Exchanged, clock: Clock): TokenRequest | PolicyRefusal => {
  const { origin, path, net, ca, proxy } = exchange
  const body = grantBody(exchange, reveal(secret), clock.nowMs())
  if (body === null) return 'bad_header'
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  const credential = {
    name: '',
    provider: '',
    origin,
    auth: null,
    headers: {},
    allow: [`POST ${path}`],
    net,
    ca,
    proxy,
  }
  const ask = { method: 'POST', path, headers, body } as const
  const built = buildAttempt({ credential, ask, options: tokenOptions }, clock)
  return typeof built === 'string' ? built : { attempt: built, key: secret }
}

/** Its own time, before the probe's begins. */
const tokenOptions: SendInput['options'] = {
  goal: 'answer',
  awaitsToken: false,
  wantsCertificate: false,
  deadlines: { connectMs: 5_000, firstByteMs: 8_000, firstTokenMs: 8_000, stallMs: 5_000, totalMs: 10_000 },
}
