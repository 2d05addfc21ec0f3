import { crc32 } from 'node:zlib'
import { maxLineBytes } from '@llmstatus/shared/result'

/**
 * One record of a log: `<index> <length> <crc> <line>\n`, the three numbers as eight hex digits.
 *
 * Invariants
 * - A line holds no newline, so after a damaged record the next one starts behind the next newline: damage costs the
 *   records it touched and no other.
 * - The CRC covers index, length and line. The index counts up from 0, so what is missing between two good records is
 *   known exactly.
 * - Bytes behind the last newline are a torn tail: never acknowledged, not counted.
 */

const headBytes = 27
const newline = 0x0a

const checksum = (index: string, length: string, line: Uint8Array): string =>
  hex(crc32(line, crc32(`${index} ${length} `)))

const hex = (value: number): string => value.toString(16).padStart(8, '0')

export const encodeRecord = (index: number, line: string): Buffer => {
  const bytes = Buffer.from(line)
  const [at, length] = [hex(index), hex(bytes.length)]
  return Buffer.concat([Buffer.from(`${at} ${length} ${checksum(at, length, bytes)} `), bytes, Buffer.from('\n')])
}

export const recordBytes = (line: string): number => headBytes + Buffer.byteLength(line) + 1

export interface Scan {
  readonly lines: readonly string[]
  /** Records that were written whole and cannot be read any more. */
  readonly damaged: number
}

/** Every record that can still be trusted, in order. */
export const scanRecords = (bytes: Buffer): Scan => {
  const lines: string[] = []
  let position = 0
  let expected = 0
  let missing = 0
  let unreadable = 0
  while (position < bytes.length) {
    const record = readRecord(bytes, position)
    if (record !== null && record.index >= expected) {
      lines.push(record.line)
      missing += record.index - expected
      expected = record.index + 1
      position = record.end
      unreadable = 0
      continue
    }
    const end = bytes.indexOf(newline, position)
    if (end === -1) break
    unreadable += 1
    position = end + 1
  }
  return { lines, damaged: missing + unreadable }
}

const headPattern = /^([0-9a-f]{8}) ([0-9a-f]{8}) ([0-9a-f]{8}) $/

const readRecord = (bytes: Buffer, position: number) => {
  const head = headPattern.exec(bytes.toString('latin1', position, position + headBytes))
  if (head === null) return null
  const [, index = '', length = '', crc = ''] = head
  const start = position + headBytes
  const end = start + Number.parseInt(length, 16)
  if (end - start > maxLineBytes || end > bytes.length) return null
  const line = bytes.subarray(start, end)
  if (checksum(index, length, line) !== crc) return null
  return { index: Number.parseInt(index, 16), line: line.toString('utf8'), end: end + 1 }
}
