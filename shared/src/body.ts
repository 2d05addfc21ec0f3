import { gunzipSync, gzipSync } from 'node:zlib'
import { limits } from './claims.ts'
import { plain } from './ids.ts'
import { type Refused, refuse } from './refusal.ts'

/** A body is NDJSON, gzipped: UTF-8, LF, one line each. The bytes made here are hashed, sent and stored as they are. */
export interface Body {
  readonly bytes: Uint8Array
  readonly ulen: number
  readonly n: number
}

export const packBody = (lines: readonly string[]): Body => {
  const text = Buffer.from(lines.map(line => `${line}\n`).join(''))
  return { bytes: gzipSync(text, { level: 9 }), ulen: text.length, n: lines.length }
}

export const noBody: Body = { bytes: new Uint8Array(0), ulen: 0, n: 0 }

/** Only for a body whose digest held. A bomb stops at `ulen`, and no line is made before there are few enough. */
export const inflateLines = (
  body: Uint8Array,
  claims: { readonly len: number; readonly ulen: number },
): readonly string[] | Refused => {
  if (claims.len === 0) return []
  const text = inflate(body, claims.ulen)
  if ('code' in text) return text
  return countLines(text) > limits.lines
    ? refuse('bad_gzip', `more than ${limits.lines} lines`)
    : text.toString('utf8').replace(/\n$/, '').split('\n')
}

const inflate = (body: Uint8Array, ulen: number): Buffer | Refused => {
  const most = Math.min(ulen, limits.inflatedBytes)
  try {
    // zlib knows no limit of 0: one byte more than nothing is caught below
    const text = gunzipSync(body, { maxOutputLength: Math.max(1, most), chunkSize: 1 << 18 })
    return text.length > most ? refuse('bad_gzip', 'inflates beyond ulen') : text
  } catch (error) {
    const isBomb = error instanceof RangeError
    return refuse(
      'bad_gzip',
      isBomb ? 'inflates beyond ulen' : plain(error instanceof Error ? error.message : 'not gzip', 120),
    )
  }
}

/** Stops counting where it no longer matters: eight MiB of line feeds are eight million lines. */
const countLines = (text: Buffer): number => {
  let count = 0
  let from = 0
  while (from < text.length && count <= limits.lines) {
    const end = text.indexOf(10, from)
    count++
    from = end === -1 ? text.length : end + 1
  }
  return count
}
