import { types } from './identity.ts'
import { genesis, type Opened } from './batch.ts'

/** The last record that was taken from a prober. Replay safety rests on this, never on a clock. */
export interface Head {
  readonly seq: number
  readonly hash: string
}

export const noHead: Head = { seq: 0, hash: genesis }

/**
 * next: store it and move the head · same: it is already here, answer as before · gap: something is missing before it ·
 * fork: two histories under one key, so one of them is not the prober we enrolled
 */
export type Placement = 'next' | 'same' | 'gap' | 'fork'

/** `stored` is the hash of the record that is already at this seq, null where there is none. */
export const placeInChain = (head: Head, opened: Opened, stored: string | null): Placement => {
  const { seq, prev } = opened.claims
  if (seq <= head.seq) return stored === opened.hash ? 'same' : 'fork'
  if (opened.type === types.gap) return bridges(head, opened.claims) ? 'next' : seq > head.seq + 1 ? 'gap' : 'fork'
  if (seq > head.seq + 1) return 'gap'
  return prev === head.hash ? 'next' : 'fork'
}

/** A gap record may jump, and only from the head over exactly the numbers that it names. */
const bridges = (
  head: Head,
  claims: { readonly seq: number; readonly prev: string; readonly gap: { from_seq: number; to_seq: number } },
): boolean =>
  claims.prev === head.hash && claims.gap.from_seq === head.seq + 1 && claims.gap.to_seq === claims.seq - 1
