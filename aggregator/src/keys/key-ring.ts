import { type Successor, signSuccessor } from '@llmstatus/shared/batch'
import type { SigningKey } from '@llmstatus/shared/identity'
import type { Thumbprint } from '@llmstatus/shared/ids'

/** A key that was in force before, and until when what names it is taken. */
export interface FormerKey {
  readonly kid: Thumbprint
  readonly sinceMs: number
  readonly untilMs: number
}

/**
 * The keys of one aggregator, at one moment.
 *
 * Invariants
 * - Which key is in force is said by the database, so that all replicas say the same; the seeds are in the file alone.
 * - A key that is held here and was never in force is good for everything but announcing: so the seed of the next key is
 *   brought to every replica first, and no batch comes to one that cannot sign its receipt.
 * - A receipt is signed by the key that its batch names, and names the one in force where that is another.
 */
export interface KeyRing {
  /** Signs what nobody asked for by name: tokens, and sets of definitions. */
  readonly inForce: SigningKey
  readonly sinceMs: number
  /** Every key whose seed is in the file. */
  readonly held: readonly SigningKey[]
  readonly former: readonly FormerKey[]
  /** Whose batches are ours, if only to say that they come too late, or to the wrong replica. */
  readonly names: readonly Thumbprint[]
  /** The one in force by the word of each former key that is held. */
  readonly successors: ReadonlyMap<Thumbprint, Successor>
}

export interface KeyFacts {
  readonly held: readonly SigningKey[]
  readonly inForce: Thumbprint
  readonly sinceMs: number
  readonly former: readonly FormerKey[]
}

/** Null where none of the keys that are held is the one in force. */
export const makeRing = async ({ held, inForce: kid, sinceMs, former }: KeyFacts): Promise<KeyRing | null> => {
  const inForce = held.find(key => key.kid === kid)
  if (inForce === undefined) return null
  const before = held.filter(key => former.some(one => one.kid === key.kid))
  const successors = await Promise.all(before.map(async key => [key.kid, await signSuccessor(key, inForce)] as const))
  const names = new Set([...held.map(key => key.kid), ...former.map(one => one.kid)])
  return { inForce, sinceMs, held, former, names: [...names], successors: new Map(successors) }
}

/** retired: its time is over · elsewhere: ours, and its seed is not in this replica's file */
export type Standing =
  | { readonly is: 'taken'; readonly key: SigningKey; readonly next: Successor | null }
  | { readonly is: 'retired' }
  | { readonly is: 'elsewhere' }

export const standingOf = (ring: KeyRing, kid: Thumbprint, nowMs: number): Standing => {
  const former = ring.former.find(one => one.kid === kid)
  if (former !== undefined && nowMs >= former.untilMs) return { is: 'retired' }
  const key = ring.held.find(one => one.kid === kid)
  return key === undefined ? { is: 'elsewhere' } : { is: 'taken', key, next: ring.successors.get(kid) ?? null }
}

/** The key in force first, then those before it that still count. */
export const signersOf = (ring: KeyRing, nowMs: number): readonly SigningKey[] => {
  const before = ring.former.filter(one => nowMs < one.untilMs).map(one => one.kid)
  return [ring.inForce, ...ring.held.filter(key => before.includes(key.kid))]
}
