/** Refused with 422: this batch will never be taken as it is. */
export const refusals = ['bad_signature', 'bad_claims', 'digest_mismatch', 'bad_gzip'] as const
export type Refusal = (typeof refusals)[number]

export interface Refused {
  readonly ok: false
  readonly code: Refusal
  readonly detail: string
}

export const refuse = (code: Refusal, detail: string): Refused => ({ ok: false, code, detail })
