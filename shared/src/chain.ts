import { type GapClaims, genesis, type Opened } from './batch.ts'
import { types } from './jws.ts'

/** The last record that was taken from a prober. Replay safety rests on this, never on a clock. */
export interface Head {
  readonly seq: number
  readonly hash: string
}

export const noHead: Head = { seq: 0, hash: genesis }

/**
 * next: store it and move the head · same: it is already here, answer as before · gap: it cannot be placed, nothing
 * contradicts us, say what is expected · fork: two histories under one key, so one of them is not the prober we enrolled
 */
export type Placement = 'next' | 'same' | 'gap' | 'fork'

/**
 * `stored` is the hash of the record that is already at this seq, null where there is none: a seq that a gap record
 * gave up, or one that the ledger no longer keeps. An old record that turns up there contradicts nothing, and must not
 * put its prober into quarantine: anyone who once saw it can send it again.
 */
export const placeInChain = (head: Head, opened: Opened, stored: string | null): Placement => {
  const { seq, prev } = opened.claims
  if (seq <= head.seq) return stored === null ? 'gap' : stored === opened.hash ? 'same' : 'fork'
  if (seq > head.seq + 1 && opened.type !== types.gap) return 'gap'
  if (prev !== head.hash) return seq === head.seq + 1 ? 'fork' : 'gap'
  return opened.type !== types.gap || bridges(head, opened.claims) ? 'next' : 'gap'
}

/** A gap record may jump, and only from the head over exactly the numbers that it names. */
const bridges = (head: Head, { seq, gap }: GapClaims): boolean =>
  gap.from_seq === head.seq + 1 && gap.to_seq === seq - 1
