import { crc32 } from 'node:zlib'

/** A message of a binary event stream, as its specification writes one. */

export const textHeader = (name: string, value: string): Buffer => typedHeader(name, 7, counted(Buffer.from(value)))

export const typedHeader = (name: string, type: number, value: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([Buffer.byteLength(name)]), Buffer.from(name), Buffer.from([type]), value])

/** With its length before it. */
export const counted = (bytes: Uint8Array): Buffer => {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.length)
  return Buffer.concat([length, bytes])
}

export const message = (headers: readonly Buffer[], payload: Uint8Array | string): Buffer => {
  const head = Buffer.concat(headers)
  const body = Buffer.from(payload)
  const prelude = Buffer.concat([u32(16 + head.length + body.length), u32(head.length)])
  const unsigned = Buffer.concat([prelude, u32(crc32(prelude)), head, body])
  return Buffer.concat([unsigned, u32(crc32(unsigned))])
}

export const eventMessage = (type: string, value: unknown): Buffer =>
  message(
    [
      textHeader(':event-type', type),
      textHeader(':content-type', 'application/json'),
      textHeader(':message-type', 'event'),
    ],
    JSON.stringify(value),
  )

export const exceptionMessage = (type: string, value: unknown): Buffer =>
  message([textHeader(':exception-type', type), textHeader(':message-type', 'exception')], JSON.stringify(value))

export const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}
