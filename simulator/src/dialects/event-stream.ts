import { crc32 } from 'node:zlib'

/** AWS's binary event stream: lengths, a checksum of them, headers that are texts, a payload, a checksum of all. */

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes
}

const header = (name: string, value: string): Buffer => {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(Buffer.byteLength(value))
  const text = 7
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([text]), length, Buffer.from(value)])
}

const message = (headers: Readonly<Record<string, string>>, data: unknown): Buffer => {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)))
  const payload = Buffer.from(typeof data === 'string' ? data : JSON.stringify(data))
  const prelude = Buffer.concat([u32(16 + head.length + payload.length), u32(head.length)])
  const unsigned = Buffer.concat([prelude, u32(crc32(prelude)), head, payload])
  return Buffer.concat([unsigned, u32(crc32(unsigned))])
}

const json = { ':content-type': 'application/json' }

export const eventMessage = (type: string, data: unknown): Buffer =>
  message({ ':event-type': type, ...json, ':message-type': 'event' }, data)

export const exceptionMessage = (type: string, data: unknown): Buffer =>
  message({ ':exception-type': type, ...json, ':message-type': 'exception' }, data)
