import { keyFromSeed, writeToken } from '@llmstatus/shared/identity'
import type { Queries } from '../db/store.ts'
import type { Keys } from '../keys/keys.ts'

export interface TokenDeps {
  readonly db: Queries
  readonly keys: Pick<Keys, 'ring'>
  readonly clock: { readonly nowMs: () => number }
  readonly random: (bytes: number) => Uint8Array
}

export interface TokenWish {
  /** Where the prober will find us. */
  readonly url: string
  readonly ttlMs: number
  readonly approval: 'by_hand' | 'automatic'
}

export interface NewToken {
  readonly token: string
  readonly kid: string
  readonly expiresMs: number
}

/** Whoever holds the token can enrol one prober. We keep the public half alone: our own database cannot enrol anybody. */
export const createToken = async (deps: TokenDeps, wish: TokenWish): Promise<NewToken> => {
  const seed = deps.random(32)
  const { kid, jwk } = await keyFromSeed(seed)
  const nowMs = deps.clock.nowMs()
  // the token says whole seconds, and so does the row
  const expiresMs = Math.floor((nowMs + wish.ttlMs) / 1000) * 1000
  await deps.db
    .insertInto('enrol_token')
    .values({
      kid,
      jwk: JSON.stringify(jwk),
      auto_approve: wish.approval === 'automatic',
      created_at: new Date(nowMs),
      expires_at: new Date(expiresMs),
    })
    .execute()
  const { inForce } = await deps.keys.ring()
  return { token: writeToken({ url: wish.url, aggregator: inForce.kid, seed, expiresMs }), kid, expiresMs }
}
