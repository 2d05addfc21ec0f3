import { type PackedBody, pack, unpack } from './body.ts'
import { type Files, replaceFile } from './files.ts'
import { type Scan, scanRecords } from './record.ts'
import { logName, type Segment, sealedName } from './segment.ts'

/**
 * The closed segments, oldest first, and the logs behind them.
 *
 * Invariants
 * - Sealing writes the body whole under its own name before anything else happens; a log beside its body is history.
 * - A log stays until a checkpoint covers its lines: what the lines of all logs say, added to the checkpoint, is
 *   everything that was ever acknowledged. Which segments are done is the state's business, never a file's absence.
 */
export interface Shelf {
  readonly oldest: (except: number | null) => Segment | null
  readonly newest: () => Segment | null
  readonly get: (number: number) => Segment | null
  readonly put: (segment: Segment) => void
  /** Closes a log into the body that it will be forever; null where it held nothing. */
  readonly seal: (segment: Segment) => Promise<Segment | null>
  /** The body as it lies there, to be kept; null where it cannot be read. */
  readonly bytes: (segment: Segment) => Promise<Buffer | null>
  /** Null where the bytes are no longer what was sealed. */
  readonly body: (segment: Segment) => Promise<PackedBody | null>
  readonly scan: (segment: Segment) => Promise<Scan>
  /** Done with it: called after the state says so. */
  readonly discard: (segment: Segment) => Promise<void>
  /** Takes the checkpoint, then the logs that it covers. */
  readonly forgetLogs: () => Promise<void>
  readonly sizeBytes: () => number
  readonly hasMuchHistory: () => boolean
}

export const createShelf = (deps: {
  readonly files: Files
  readonly segments: readonly Segment[]
  readonly logs: ReadonlyMap<number, number>
  readonly checkpoint: () => Promise<void>
}): Shelf => {
  const { files } = deps
  const segments = new Map(deps.segments.map(segment => [segment.number, segment]))
  const logs = new Map(deps.logs)
  const ordered = () => [...segments.values()].sort((a, b) => a.number - b.number)

  const scan = async (segment: Segment): Promise<Scan> => {
    const bytes = await files.read(logName(segment.number))
    return scanRecords(segment.trustedBytes === null ? bytes : bytes.subarray(0, segment.trustedBytes))
  }

  const bytes = (segment: Segment): Promise<Buffer | null> => files.read(segment.sealed?.name ?? '').catch(() => null)

  const retire = (segment: Segment): void => {
    segments.delete(segment.number)
    if (segment.sealed === null) logs.set(segment.number, segment.sizeBytes)
  }

  return {
    oldest: except => ordered().find(({ number }) => number !== except) ?? null,
    newest: () => ordered().at(-1) ?? null,
    get: number => segments.get(number) ?? null,
    put: segment => {
      segments.set(segment.number, segment)
    },
    seal: async segment => {
      const { lines, damaged } = await scan(segment)
      if (lines.length === 0 && damaged === 0) {
        retire(segment)
        return null
      }
      const { bytes } = await pack(lines)
      const name = sealedName(segment.number, lines.length, damaged)
      await replaceFile(files, name, bytes)
      const done: Segment = {
        number: segment.number,
        sizeBytes: bytes.length,
        sealed: { name, lines: lines.length, damaged },
        trustedBytes: null,
      }
      retire(segment)
      segments.set(segment.number, done)
      return done
    },
    bytes,
    body: async segment => unpack((await bytes(segment)) ?? Buffer.alloc(0)),
    scan,
    discard: async segment => {
      retire(segment)
      if (segment.sealed !== null) await files.remove(segment.sealed.name)
    },
    forgetLogs: async () => {
      if (logs.size === 0) return
      await deps.checkpoint()
      for (const number of [...logs.keys()]) {
        await files.remove(logName(number))
        logs.delete(number)
      }
    },
    sizeBytes: () => total([...segments.values()].map(({ sizeBytes }) => sizeBytes)) + total(logs.values()),
    hasMuchHistory: () => logs.size >= muchHistory.logs || total(logs.values()) >= muchHistory.bytes,
  }
}

const total = (sizes: Iterable<number>): number => Iterator.from(sizes).reduce((sum, size) => sum + size, 0)

const muchHistory = { logs: 64, bytes: 256 * 1024 }
