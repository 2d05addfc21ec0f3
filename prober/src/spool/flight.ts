import type { Body, Gap } from '@llmstatus/shared/batch'
import type { ProberId, Thumbprint } from '@llmstatus/shared/ids'
import type { Span } from './body.ts'

/** Who signs for the spool and reads receipts for it: the keys stay with them. */
export interface Notary {
  readonly prober: ProberId
  readonly sign: (record: Unsigned) => Promise<string>
  /** Whether this receipt is by the pinned aggregator, for this very record. */
  readonly holds: (receipt: string, record: { readonly seq: number; readonly hash: string }) => Promise<boolean>
  /** The key that is to follow the one in force, where there is one and it is safe on disk. */
  readonly successor: (signer: Thumbprint | null) => Thumbprint | null
  /** The aggregator will not have this one: until another is made, the one in force stays. */
  readonly forgetSuccessor: (kid: Thumbprint) => Promise<void>
  /** What a receipt that held changes about keys, after the state says that it held. Asked again with every receipt. */
  readonly learn: (receipt: string, signer: Thumbprint | null) => Promise<void>
}

export interface Unsigned {
  /** The key in force since a rotation; null before the first. */
  readonly signer: Thumbprint | null
  readonly seq: number
  readonly prev: string
  readonly body: Body
  readonly span: Span
  /** Null but for a gap record. */
  readonly gap: Gap | null
  /** Null but for a rotate record: the key that is in force behind it. */
  readonly becomes: Thumbprint | null
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
