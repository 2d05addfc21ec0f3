import type { inflateLines, Opened, Refusal, Successor } from '@llmstatus/shared/batch'
import type { PublicJwk, SigningKey } from '@llmstatus/shared/identity'
import type { ProberId } from '@llmstatus/shared/ids'
import type { Spend } from '../api/allowance.ts'
import type { ProberTable } from '../db/schema.ts'
import type { Store } from '../db/store.ts'
import type { Keys } from '../keys/keys.ts'
import type { RejectedLine } from './read-body.ts'
import type { Turns } from './turns.ts'

/** What comes to the door, and what it is answered: the words of this room. */

export type InflateLines = typeof inflateLines

export interface IngestDeps {
  readonly db: Store['db']
  readonly keys: Keys
  readonly clock: { readonly nowMs: () => number }
  readonly inflate: InflateLines
  /** Of one prober, by its number. */
  readonly spend: Spend<'batches' | 'bytes'>
  readonly turns: Turns
}

/** A record as it came, and who signed it. */
export interface Arrival {
  readonly jws: string
  readonly body: Uint8Array
  readonly opened: Opened
  readonly signer: Signer
  /** The key of ours that it names, and the one that its prober shall name from now on, where that is another. */
  readonly ours: SigningKey
  readonly next: Successor | null
}

export interface Signer {
  readonly prober: number
  readonly id: ProberId
  readonly name: string
  readonly state: ProberTable['state']
  readonly jwk: PublicJwk
  /** Where a rotation ended this key; null while it is in force. */
  readonly lastSeq: number | null
}

export type Taken =
  | {
      readonly ok: true
      readonly is: 'new' | 'same'
      readonly prober: string
      readonly seq: number
      readonly receipt: string
      readonly rejected: readonly Pick<RejectedLine, 'line' | 'reason'>[]
      /** What somebody may want to judge again. */
      readonly endpoints: readonly number[]
    }
  | NotTaken

export interface NotTaken {
  readonly ok: false
  readonly code:
    | Refusal
    | 'unknown_key'
    | 'not_approved'
    | 'revoked'
    | 'quarantined'
    | 'gap'
    | 'fork'
    | 'rate_limited'
    | 'busy'
    | 'unavailable'
  readonly detail: string
  readonly prober?: string
  readonly expected?: { readonly expected_seq: number; readonly head: string }
  readonly retryAfterS?: number
}

/** Null where the door is open. */
export const closedTo = (state: ProberTable['state']): Pick<NotTaken, 'code' | 'detail'> | null => {
  switch (state) {
    case 'approved':
      return null
    case 'pending':
      return { code: 'not_approved', detail: 'compare the thumbprints, then: llmstatus-aggregator probers approve' }
    case 'revoked':
      return { code: 'revoked', detail: 'enrol again with a new token and an empty data folder' }
    case 'quarantined':
      return {
        code: 'quarantined',
        detail: 'find out which history is true, then: llmstatus-aggregator probers release',
      }
  }
}
