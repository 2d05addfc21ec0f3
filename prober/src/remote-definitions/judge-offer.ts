import type { OpenedSet, SetRefusal, VerifiedSet } from '@llmstatus/shared/definition-set'

/**
 * What to do with a set that is offered.
 *
 * Invariants
 * - The version never goes back. It is that of the last set that was taken, which is kept as it was signed; where the keys
 *   that signed it are not listed any more, nothing holds its version either: a stolen key cannot use up all numbers.
 * - One version is one payload. Two of them are a publisher that contradicts itself, or somebody else.
 */
export const offerRefusals = ['rolled_back', 'version_reused', 'not_kept'] as const
export type OfferRefusal = SetRefusal | (typeof offerRefusals)[number]

export type Judged =
  | { readonly verdict: 'take'; readonly set: VerifiedSet }
  | { readonly verdict: 'same' }
  | { readonly verdict: 'refused'; readonly reason: OfferRefusal; readonly detail: string }

export const judgeOffer = (offered: OpenedSet, inForce: VerifiedSet | null): Judged => {
  if (!offered.ok) return refused(offered.reason, offered.detail)
  const { set } = offered
  if (inForce === null || set.version > inForce.version) return { verdict: 'take', set }
  if (set.version < inForce.version)
    return refused('rolled_back', `version ${set.version}, and ${inForce.version} is in force`)
  if (set.payload === inForce.payload) return { verdict: 'same' }
  return refused('version_reused', `version ${set.version} once more, with something else in it`)
}

const refused = (reason: OfferRefusal, detail: string): Judged => ({ verdict: 'refused', reason, detail })
