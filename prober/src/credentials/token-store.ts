import type { Secret } from '@llmstatus/shared/secret'
import type { Auth, Clock, TokenExchange } from '../probe.ts'
import type { Attempted } from '../transport/attempt.ts'

/**
 * Tokens by the key that they were given for.
 *
 * Invariants
 * - One request at a time for one key, however many wait for it; whoever stops waiting does not stop the others, and when
 *   nobody waits any more it is called off.
 * - Kept in memory alone, for as long as it is good and the key is configured; a failure is not kept.
 * - Time is the monotonic clock's: setting the other one makes no token good again.
 */
export type Fetched =
  | { readonly ok: true; readonly token: Secret; readonly lifetimeMs: number }
  | { readonly ok: false; readonly attempted: Attempted }

export type FetchToken = (auth: Exchanged, signal: AbortSignal) => Promise<Fetched>
export type Exchanged = Extract<Auth, { readonly scheme: 'bearer' | 'raw' }> & { readonly exchange: TokenExchange }

export interface TokenStore {
  /** Null where the caller's own signal was first. */
  readonly get: (auth: Exchanged, signal: AbortSignal) => Promise<Fetched | null>
  /** It was refused: the next one who asks gets another. */
  readonly forget: (auth: Exchanged, token: Secret) => void
}

interface Kept {
  readonly token: Secret
  readonly goodUntilUs: number
}

interface Flight {
  readonly fetched: Promise<Fetched>
  readonly stop: AbortController
  waiting: number
}

export const createTokenStore = (clock: Pick<Clock, 'monoUs'>, fetchToken: FetchToken): TokenStore => {
  const kept = new WeakMap<Exchanged, Kept>()
  const flights = new Map<Exchanged, Flight>()

  const start = (auth: Exchanged): Flight => {
    const stop = new AbortController()
    const startedUs = clock.monoUs()
    const fetched = fetchToken(auth, stop.signal).then(one => {
      if (one.ok) kept.set(auth, { token: one.token, goodUntilUs: startedUs + one.lifetimeMs * 1000 })
      return one
    })
    const flight: Flight = { fetched, stop, waiting: 0 }
    flights.set(auth, flight)
    const done = () => {
      if (flights.get(auth) === flight) flights.delete(auth)
    }
    fetched.then(done, done)
    return flight
  }

  const leave = (auth: Exchanged, flight: Flight): void => {
    flight.waiting -= 1
    if (flight.waiting > 0) return
    flight.stop.abort()
    if (flights.get(auth) === flight) flights.delete(auth)
  }

  return {
    async get(auth, signal) {
      if (signal.aborted) return null
      const one = kept.get(auth)
      if (one !== undefined && clock.monoUs() < one.goodUntilUs) return { ok: true, token: one.token, lifetimeMs: 0 }
      const flight = flights.get(auth) ?? start(auth)
      flight.waiting += 1
      const gone = Promise.withResolvers<null>()
      const onAbort = () => gone.resolve(null)
      signal.addEventListener('abort', onAbort)
      try {
        return await Promise.race([flight.fetched, gone.promise])
      } finally {
        signal.removeEventListener('abort', onAbort)
        leave(auth, flight)
      }
    },
    forget(auth, token) {
      if (kept.get(auth)?.token === token) kept.delete(auth)
    },
  }
}
