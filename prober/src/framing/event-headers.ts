/**
 * The headers of one message of a binary event stream: `[name length u8][name][type u8][value]`, again and again. Only
 * texts are of interest; of every other type the length is known, so that it can be passed over. Null where they do not
 * fill their room exactly.
 */
export const headersOf = (bytes: Buffer): ReadonlyMap<string, string> | null => {
  const headers = new Map<string, string>()
  let at = 0
  while (at < bytes.length) {
    const nameBytes = bytes.readUInt8(at)
    const typeAt = at + 1 + nameBytes
    const value = typeAt < bytes.length ? valueAt(bytes, typeAt) : null
    if (nameBytes === 0 || value === null || value.end > bytes.length) return null
    if (value.isText)
      headers.set(bytes.toString('utf8', at + 1, typeAt), bytes.toString('utf8', value.start, value.end))
    at = value.end
  }
  return headers
}

interface Value {
  readonly start: number
  readonly end: number
  readonly isText: boolean
}

/** true, false, byte, short, integer, long, bytes, text, time, uuid; null is one whose length stands before it. */
const lengths: readonly (number | null)[] = [0, 0, 1, 2, 4, 8, null, null, 8, 16]
const textType = 7

const valueAt = (bytes: Buffer, typeAt: number): Value | null => {
  const type = bytes.readUInt8(typeAt)
  const length = lengths[type]
  const start = typeAt + 1
  if (length === undefined) return null
  if (length !== null) return { start, end: start + length, isText: false }
  if (start + 2 > bytes.length) return null
  return { start: start + 2, end: start + 2 + bytes.readUInt16BE(start), isText: type === textType }
}
