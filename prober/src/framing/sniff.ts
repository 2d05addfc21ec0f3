import { body } from './body.ts'
import type { Framer, Framing } from './frame.ts'

/**
 * A stream was asked for, and something else may come: an error as JSON under any content type, or an edge's HTML. The
 * first byte that is not white space tells.
 */
type Tells = (firstByte: number) => boolean

const bytesOf = (characters: string) => new Set([...characters].map(character => character.charCodeAt(0)))

/** No line of an event stream begins with one of these. */
const opensBody = bytesOf('{[<"')
const isNoEvent: Tells = byte => opensBody.has(byte)
const white = bytesOf(' \t\n\r')
const byteOrderMark = new Set([0xef, 0xbb, 0xbf])

export const sniffing =
  (expected: Framing, isBody: Tells = isNoEvent): Framing =>
  () => {
    let chosen: Framer | null = null
    return {
      push(bytes, atUs) {
        if (chosen !== null) return chosen.push(bytes, atUs)
        const start = bytes.findIndex(byte => !white.has(byte) && !byteOrderMark.has(byte))
        if (start < 0) return []
        chosen = isBody(bytes[start] ?? 0) ? body() : expected()
        return chosen.push(bytes.subarray(start), atUs)
      },
      end: () => chosen?.end() ?? [],
    }
  }
