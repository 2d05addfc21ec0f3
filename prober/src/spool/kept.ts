import { crc32 } from 'node:zlib'
import type { Files, LogFile } from './files.ts'

/**
 * What the aggregator has acknowledged, as it was sent, for a day: one that comes back from a backup gets it again.
 *
 * File: 0000000042-1789000000000.kept, the records from number 42 on, begun at that time: `<seq> <jws> <body> <crc>\n`,
 * lengths in bytes, then the JWS and the body.
 *
 * Invariants
 * - Never the only copy of anything that counts: nothing here is synced, what cannot be kept is not, and all of it is
 *   the first to go when room is needed.
 * - What is read back is whole, by its CRC; behind what is not, the rest of a pack is left alone. Whether it still
 *   belongs to the chain is not decided here (resend.ts).
 */
export interface KeptRecord {
  readonly seq: number
  readonly jws: string
  readonly body: Uint8Array
}

export interface Kept {
  /** Never fails: what cannot be kept is not. */
  readonly keep: (record: KeptRecord) => Promise<void>
  /** In the order in which they were kept. */
  readonly records: () => AsyncGenerator<KeptRecord>
  /** False where there was none. */
  readonly dropOldest: () => Promise<boolean>
  readonly sizeBytes: () => number
  readonly close: () => Promise<void>
}

const dayMs = 24 * 3_600_000
const hourMs = 3_600_000

const packName = (seq: number, ms: number): string => `${String(seq).padStart(10, '0')}-${ms}.kept`

const beganMs = (name: string): number | null => {
  const found = /^\d{10}-(\d{1,15})\.kept$/.exec(name)
  return found === null ? null : Number(found[1])
}

export const createKept = async (deps: {
  readonly files: Files
  readonly nowMs: () => number
  readonly packBytes: number
}): Promise<Kept> => {
  const { files, nowMs, packBytes } = deps
  const found = (await files.list()).filter(({ name }) => beganMs(name) !== null)
  const packs = new Map(found.map(({ name, sizeBytes }) => [name, sizeBytes]))
  let open: { readonly name: string; readonly file: LogFile } | null = null
  const ordered = () => [...packs.keys()].sort()

  const close = async (): Promise<void> => {
    const last = open
    open = null
    await last?.file.close().catch(() => undefined)
  }

  const drop = async (name: string): Promise<void> => {
    if (open?.name === name) await close()
    packs.delete(name)
    await files.remove(name).catch(() => undefined)
  }

  /** A pack takes records for an hour, so its youngest is at most that much younger than its name says. */
  const expire = async (): Promise<void> => {
    const limitMs = nowMs() - dayMs - hourMs
    for (const name of ordered()) if ((beganMs(name) ?? 0) < limitMs) await drop(name)
  }

  const packFor = async (seq: number, bytes: number): Promise<{ readonly name: string; readonly file: LogFile }> => {
    const isFull = (name: string) => (packs.get(name) ?? 0) + bytes > packBytes
    const isOld = (name: string) => Math.abs(nowMs() - (beganMs(name) ?? 0)) > hourMs
    if (open !== null && !isFull(open.name) && !isOld(open.name)) return open
    await close()
    const name = packName(seq, nowMs())
    open = { name, file: await files.create(name) }
    packs.set(name, 0)
    return open
  }

  return {
    keep: async record => {
      const bytes = encodeKept(record)
      try {
        await expire()
        const { name, file } = await packFor(record.seq, bytes.length)
        packs.set(name, (packs.get(name) ?? 0) + bytes.length)
        await file.append(bytes)
      } catch {
        await close()
      }
    },
    records: async function* () {
      for (const name of ordered()) yield* decodeKept(await files.read(name).catch(() => Buffer.alloc(0)))
    },
    dropOldest: async () => {
      const [oldest] = ordered()
      if (oldest !== undefined) await drop(oldest)
      return oldest !== undefined
    },
    sizeBytes: () => Iterator.from(packs.values()).reduce((sum, size) => sum + size, 0),
    close,
  }
}

export const encodeKept = ({ seq, jws, body }: KeptRecord): Buffer => {
  const head = `${seq} ${jws.length} ${body.length}`
  return Buffer.concat([Buffer.from(`${head} ${checksum(head, jws, body)}\n${jws}`), body])
}

const checksum = (head: string, jws: string, body: Uint8Array): string =>
  crc32(body, crc32(`${head} ${jws}`))
    .toString(16)
    .padStart(8, '0')

const headPattern = /^((\d{1,10}) (\d{1,4}) (\d{1,7})) ([0-9a-f]{8})\n/

export function* decodeKept(bytes: Buffer): Generator<KeptRecord> {
  let position = 0
  while (position < bytes.length) {
    const head = headPattern.exec(bytes.toString('latin1', position, position + 40))
    if (head === null) return
    const [text, lengths = '', seq, jwsBytes, bodyBytes, crc] = head
    const start = position + text.length
    const middle = start + Number(jwsBytes)
    const end = middle + Number(bodyBytes)
    const jws = bytes.toString('latin1', start, middle)
    const body = bytes.subarray(middle, end)
    if (end > bytes.length || checksum(lengths, jws, body) !== crc) return
    yield { seq: Number(seq), jws, body }
    position = end
  }
}
