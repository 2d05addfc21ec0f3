import { crc32 } from 'node:zlib'
import { headersOf } from './event-headers.ts'
import { type Frame, type Framer, type Framing, frameLimitBytes } from './frame.ts'

/**
 * AWS's binary event stream: `[total u32][headers u32][crc of these 8][headers][payload][crc of all before]`, big endian.
 *
 * Invariants
 * - Nothing of a message is believed before its checksums are right; the prelude's is looked at before its lengths are.
 * - A length is a claim: what claims more than a frame may have is given up at once, and nothing is held for it.
 * - After a message that is not right there is no next one: where it would begin is not known.
 *
 * The name of a frame is `:event-type`; of what went wrong `exception <:exception-type>`, or `error <:error-code>`, whose
 * text stands in a header.
 */
export const eventStream: Framing = () => {
  let waiting: Buffer = Buffer.alloc(0)
  let pieces: Uint8Array[] = []
  let heldBytes = 0
  /** So many are needed before there is anything to look at again. */
  let wanted = preludeBytes
  let gaveUp = false

  const giveUp = (kind: Frame['kind'], atUs: number): Frame => {
    gaveUp = true
    waiting = Buffer.alloc(0)
    pieces = []
    return { kind, event: null, data: '', atUs, cut: true }
  }

  const next = (atUs: number): Frame | null => {
    if (waiting.length < preludeBytes) return null
    if (crc32(waiting.subarray(0, 8)) !== waiting.readUInt32BE(8)) return giveUp('damaged', atUs)
    const [totalBytes, headerBytes] = [waiting.readUInt32BE(0), waiting.readUInt32BE(4)]
    if (totalBytes > frameLimitBytes) return giveUp('too_long', atUs)
    if (totalBytes < headerBytes + leastBytes) return giveUp('damaged', atUs)
    wanted = totalBytes
    if (waiting.length < totalBytes) return null
    const message = waiting.subarray(0, totalBytes)
    if (crc32(message.subarray(0, -4)) !== message.readUInt32BE(totalBytes - 4)) return giveUp('damaged', atUs)
    waiting = waiting.subarray(totalBytes)
    wanted = preludeBytes
    const headers = headersOf(message.subarray(preludeBytes, preludeBytes + headerBytes))
    if (headers === null) return giveUp('damaged', atUs)
    return frameOf(headers, message.subarray(preludeBytes + headerBytes, -4), atUs)
  }

  return {
    push(bytes, atUs) {
      if (gaveUp) return []
      pieces.push(bytes)
      heldBytes += bytes.length
      if (heldBytes < wanted) return []
      waiting = Buffer.concat([waiting, ...pieces])
      pieces = []
      const frames: Frame[] = []
      for (let frame = next(atUs); frame !== null; frame = gaveUp ? null : next(atUs)) frames.push(frame)
      heldBytes = waiting.length
      return frames
    },
    /** What is left of a message says nothing: it cannot be checked. */
    end: () => [],
  } satisfies Framer
}

const preludeBytes = 12
/** A prelude and a checksum, with nothing between them. */
const leastBytes = 16

const frameOf = (headers: ReadonlyMap<string, string>, payload: Buffer, atUs: number): Frame => {
  const common = { kind: 'event', atUs, cut: false } as const
  const type = headers.get(':message-type')
  if (type === 'error') {
    const message = headers.get(':error-message') ?? ''
    return { ...common, event: `error ${headers.get(':error-code') ?? ''}`, data: JSON.stringify({ message }) }
  }
  const data = payload.toString()
  if (type === 'exception') return { ...common, event: `exception ${headers.get(':exception-type') ?? ''}`, data }
  return { ...common, event: headers.get(':event-type') ?? null, data }
}
