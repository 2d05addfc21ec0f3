import type { inflateLines, Opened, Refusal, Successor } from '@llmstatus/shared/batch'
import type { SigningKey } from '@llmstatus/shared/identity'
import type { Spend } from '../api/allowance.ts'
import type { Store } from '../db/store.ts'
import type { Closed, Signer } from '../enrol/signer.ts'
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
  readonly code: Refusal | 'unknown_key' | Closed['code'] | 'gap' | 'fork' | 'rate_limited' | 'busy' | 'unavailable'
  readonly detail: string
  readonly prober?: string
  readonly expected?: { readonly expected_seq: number; readonly head: string }
  readonly retryAfterS?: number
}
