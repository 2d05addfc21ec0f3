/** As much of RFC 1035 as a name server needs that knows a handful of names. Pure: bytes in, bytes out. */
export interface DnsQuestion {
  readonly id: number
  readonly name: string
  readonly type: number
  /** As it was asked, to be repeated in the answer. */
  readonly bytes: Buffer
}

export interface DnsRecord {
  readonly type: number
  readonly data: Buffer
}

export const recordTypes = { a: 1, cname: 5, aaaa: 28 } as const

const headerBytes = 12

export const readQuestion = (message: Buffer): DnsQuestion => {
  const labels: string[] = []
  let at = headerBytes
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return {
    id: message.readUInt16BE(0),
    name: labels.join('.').toLowerCase(),
    type: message.readUInt16BE(at + 1),
    bytes: message.subarray(headerBytes, at + 5),
  }
}

/** The first record is of the name that was asked; each that follows a CNAME is of the name it leads to. */
export const writeAnswer = (question: DnsQuestion, records: readonly DnsRecord[]): Buffer => {
  const header = Buffer.alloc(headerBytes)
  header.writeUInt16BE(question.id, 0)
  header.writeUInt16BE(0x8580, 2) // an answer, authoritative, recursion available
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(records.length, 6)
  let owner = pointer(headerBytes)
  let size = headerBytes + question.bytes.length
  const written = records.map(({ type, data }) => {
    const bytes = Buffer.concat([owner, fixedPart(type, data.length), data])
    if (type === recordTypes.cname) owner = pointer(size + bytes.length - data.length)
    size += bytes.length
    return bytes
  })
  return Buffer.concat([header, question.bytes, ...written])
}

const pointer = (to: number): Buffer => Buffer.from([0xc0 | (to >> 8), to & 0xff])

/** Type, class IN, no time to live, length. */
const fixedPart = (type: number, sizeBytes: number): Buffer => {
  const bytes = Buffer.alloc(10)
  bytes.writeUInt16BE(type, 0)
  bytes.writeUInt16BE(1, 2)
  bytes.writeUInt16BE(sizeBytes, 8)
  return bytes
}

export const writeName = (name: string): Buffer =>
  Buffer.concat([
    ...name.split('.').map(label => Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')])),
    Buffer.from([0]),
  ])
