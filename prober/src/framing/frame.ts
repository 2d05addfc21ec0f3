/**
 * Bytes to frames. A framing knows where one message ends and the next begins, and nothing of what it means.
 *
 * Invariants
 * - However the bytes were cut into chunks, the frames are the same; only their stamps differ.
 * - A frame carries the arrival of the chunk that completed it, never the time at which it was parsed.
 * - Memory is bounded: what grows beyond `frameLimitBytes` without an end becomes one `too_long` frame, and no more.
 */
export interface Frame {
  /** `event`: one of many; `body`: all there is; `too_long`: given up; `damaged`: its own checksum says so, and no more is read */
  readonly kind: 'event' | 'body' | 'too_long' | 'damaged'
  /** The name that came with it, null where there was none. */
  readonly event: string | null
  readonly data: string
  readonly atUs: number
  /** The answer ended in the middle of it: taken all the same, and said. */
  readonly cut: boolean
}

export interface Framer {
  readonly push: (bytes: Uint8Array, atUs: number) => readonly Frame[]
  /** The answer has ended: what is left is a frame or nothing. */
  readonly end: () => readonly Frame[]
}

export type Framing = () => Framer

export const frameLimitBytes = 1 << 20
