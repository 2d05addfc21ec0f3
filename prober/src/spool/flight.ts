import type { Body, Gap } from '@llmstatus/shared/batch'
import type { ProberId } from '@llmstatus/shared/ids'
import type { Span } from './body.ts'

/** Who signs for the spool and reads receipts for it: the keys stay with them. */
export interface Notary {
  readonly prober: ProberId
  readonly sign: (record: Unsigned) => Promise<string>
  /** Whether this receipt is by the pinned aggregator, for this very record. */
  readonly holds: (receipt: string, record: { readonly seq: number; readonly hash: string }) => Promise<boolean>
}

export interface Unsigned {
  readonly seq: number
  readonly prev: string
  readonly body: Body
  readonly span: Span
  /** Null for a batch. */
  readonly gap: Gap | null
  /** What lies on disk and is not yet receipted. */
  readonly spoolBytes: number
}

/** The one record that is on its way: the same bytes every time, until a receipt or a refusal ends it. */
export interface Flight {
  readonly seq: number
  readonly hash: string
  readonly jws: string
  readonly body: Uint8Array
  readonly lines: number
}
