import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { type Body, limits } from '@llmstatus/shared/batch'
import { Instant } from '@llmstatus/shared/ids'

/**
 * A batch's body on disk is the body on the wire, byte for byte. Packing is `packBody` of the shared contract done off
 * the event loop: a segment at its limit takes tens of milliseconds, and timings are being taken meanwhile.
 */

/** gzip grows what it cannot shrink by 5 bytes in 16 KiB and 18 more, so a body of this much text is never too long. */
export const maxTextBytes = limits.bodyBytes - 4096

const zip = promisify(gzip)
const unzip = promisify(gunzip)

export const pack = async (lines: readonly string[]): Promise<Body> => {
  const text = Buffer.from(lines.map(line => `${line}\n`).join(''))
  return { bytes: await zip(text, { level: 9 }), ulen: text.length, n: lines.length }
}

/** What some lines are about: how many results and skips, and from when to when. */
export interface Span {
  readonly results: number
  readonly from: string | null
  readonly to: string | null
}

export type PackedBody = Body & Span

/** Null where the bytes are no longer what was packed: gzip carries a CRC of its own. */
export const unpack = async (bytes: Buffer): Promise<PackedBody | null> => {
  let text: Buffer
  try {
    text = await unzip(bytes, { maxOutputLength: limits.inflatedBytes })
  } catch {
    return null
  }
  const lines = text.toString('utf8').split('\n').slice(0, -1)
  return { bytes, ulen: text.length, n: lines.length, ...spanOf(lines) }
}

/**
 * Oldest and newest time in some lines: a result's `at`, a skip's `slot` (to its `to`). Text search is enough and safe here: inside a
 * JSON string the quotes of `"at":"` would be escaped.
 */
export const spanOf = (lines: readonly string[]): Span => {
  let results = 0
  let from: string | null = null
  let to: string | null = null
  for (const line of lines) {
    if (line.includes('"kind":"definition"')) continue
    results += 1
    const oldest = timeOf(line, 'at') ?? timeOf(line, 'slot')
    if (oldest === null) continue
    const newest = timeOf(line, 'to') ?? oldest
    if (from === null || oldest < from) from = oldest
    if (to === null || newest > to) to = newest
  }
  return { results, from, to }
}

const timeOf = (line: string, field: 'at' | 'slot' | 'to'): string | null => {
  const key = `"${field}":"`
  const start = line.indexOf(key)
  const text = start === -1 ? '' : line.slice(start + key.length, start + key.length + 24)
  return Instant.safeParse(text).success ? text : null
}
