/** The names of the files of one segment. A segment is a log that grows, then a body that never changes. */
export type SegmentFile =
  | { readonly kind: 'log'; readonly segment: number }
  | { readonly kind: 'sealed'; readonly segment: number; readonly lines: number; readonly damaged: number }

const pad = (segment: number): string => String(segment).padStart(10, '0')

export const logName = (segment: number): string => `${pad(segment)}.log`

/** How many lines it holds, and how many were damaged before it was sealed, stand where a flipped bit cannot reach. */
export const sealedName = (segment: number, lines: number, damaged: number): string =>
  `${pad(segment)}-${lines}-${damaged}.batch`

export const readName = (name: string): SegmentFile | null => {
  const log = /^(\d{10})\.log$/.exec(name)
  if (log !== null) return { kind: 'log', segment: Number(log[1]) }
  const sealed = /^(\d{10})-(\d{1,6})-(\d{1,6})\.batch$/.exec(name)
  if (sealed === null) return null
  return { kind: 'sealed', segment: Number(sealed[1]), lines: Number(sealed[2]), damaged: Number(sealed[3]) }
}

/** What the spool knows of a segment without opening it. */
export interface Segment {
  readonly number: number
  readonly sizeBytes: number
  /** Null while it is a log. */
  readonly sealed: { readonly name: string; readonly lines: number; readonly damaged: number } | null
  /** Of a log that could not be written to its end: only so much of it was ever acknowledged. */
  readonly trustedBytes: number | null
}
