import type { AddressPolicy, Origin } from '@llmstatus/shared/address'
import type { Operation } from '@llmstatus/shared/outcome'
import type { Secret } from '@llmstatus/shared/secret'
import type { Refusal } from '../egress/guard.ts'
import type { HttpProxy } from '../probe.ts'

/** One attempt as values: what is sent, and what became of it. All times are monotonic microseconds. */

export interface Attempt {
  readonly origin: Origin
  /** An open connection is enough, or an answer is wanted. */
  readonly goal: 'connection' | 'answer'
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly net: AddressPolicy
  /** PEM of the only authorities to trust, null for the system's. */
  readonly ca: string | null
  /** Null is the direct way. Through a proxy `dns` is never known, and `tcp` is when the tunnel stood. */
  readonly proxy: HttpProxy | null
  readonly awaitsToken: boolean
  readonly wantsCertificate: boolean
  readonly deadlines: Deadlines
  /** Asked first, on the same connection, and read to the end. Left out, the connection is cold. */
  readonly warmUp?: Pick<Attempt, 'method' | 'path' | 'headers'>
}

/** From the start, all but `stallMs`: that one is from the last byte. */
export interface Deadlines {
  /** Name, connection and TLS together. */
  readonly connectMs: number
  readonly firstByteMs: number
  readonly firstTokenMs: number
  readonly stallMs: number
  readonly totalMs: number
}

export interface Stamps {
  readonly dns: number | null
  readonly tcp: number | null
  readonly tls: number | null
  /** The last byte of the request was handed to the kernel. */
  readonly sent: number | null
  readonly firstByte: number | null
  readonly lastByte: number | null
}

export interface Head {
  readonly status: number
  /** Lower-case names. At most 16 KiB of them came. */
  readonly headers: Readonly<Record<string, string | undefined>>
}

export type TokenFault =
  | 'token_unreached'
  | 'token_rejected'
  | 'token_limited'
  | 'token_failed'
  | 'token_unreadable'
  | 'token_redirected'

export interface Failure {
  readonly operation: Operation
  /** `ETIMEDOUT` for a deadline, `PROXY_407` and the like for what a proxy answered, `TOKEN_400` for what came where a token is fetched, `EOF` for a close in the middle, `EFBIG` above a cap, `ECANCELED` for our own stop. */
  readonly errno: string
  /**
   * proxy: its own, and says nothing of the origin · not_kept: a server that keeps no connection cannot be asked on a warm one ·
   * token_…: none came, so that nothing was asked; operation and errno are of the way to where one is fetched
   */
  readonly fault?: 'proxy' | 'not_kept' | TokenFault
}

/** What listens to an answer. Called after the arrival was stamped, never before. */
export interface Listener {
  readonly head: (head: Head) => void
  /** Whether a token has come, and whether anything more could matter. */
  readonly chunk: (bytes: Uint8Array, atUs: number) => 'waiting' | 'generating' | 'complete'
}

/** Refused before anything was resolved: what was asked is not what the credential is for. */
export type PolicyRefusal = 'bad_origin' | 'path_leaves_origin' | 'not_allowed' | 'bad_header'

export interface Attempted {
  readonly stamps: Stamps
  readonly head: Head | null
  /** Our own no; then nothing was sent. */
  readonly refusal: Refusal | PolicyRefusal | null
  readonly failure: Failure | null
  readonly certificateEndsMs: number | null
  /** When what is measured began: a connection was warm by then, or a token had been fetched. Left out, all of it counts. */
  readonly countsFromUs?: number
  /** What went along in place of the key. No more to be quoted than the key itself. */
  readonly carried?: Secret
}

/**
 * 16 KiB of headers, 4 MiB of body (as sent, and again inflated) in at most 100,000 pieces, 16 MiB on the wire with all
 * framing. A body of single bytes costs a thousand times its size in work, and all other probes would pay for it.
 */
export const caps = {
  headerBytes: 16_384,
  bodyBytes: 4 << 20,
  pieces: 100_000,
  wireBytes: 16 << 20,
  /** Answers before the answer (1xx). */
  hints: 16,
} as const
