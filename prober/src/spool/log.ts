import type { Files, LogFile } from './files.ts'
import { encodeRecord, recordBytes } from './record.ts'
import { logName, type Segment } from './segment.ts'

/**
 * The segment that grows. A file is made with its first line, so an idle spool has none.
 *
 * Invariants
 * - A line is written once, behind all earlier ones, and `write` resolves after its fsync.
 * - After a failed write or fsync nobody knows what the disk holds behind the last good fsync, so the file is left as
 *   it is and never written again; only what was acknowledged before is read back.
 */
export interface Log {
  /** How many of these lines fit behind what is there. Zero: close it first. */
  readonly fitting: (lines: readonly string[]) => number
  readonly write: (lines: readonly string[]) => Promise<void>
  /** Null where nothing was written. */
  readonly close: () => Promise<Segment | null>
  readonly sizeBytes: () => number
}

interface Open {
  readonly number: number
  readonly file: LogFile
  readonly records: number
  readonly sizeBytes: number
}

export const createLog = (deps: {
  readonly files: Files
  readonly takeNumber: () => number
  readonly limits: { readonly lines: number; readonly bytes: number }
  readonly onBroken: (segment: Segment) => void
}): Log => {
  let open: Open | null = null

  const create = async (): Promise<Open> => {
    const number = deps.takeNumber()
    const file = await deps.files.create(logName(number))
    await deps.files.syncFolder()
    return { number, file, records: 0, sizeBytes: 0 }
  }

  const abandon = async (): Promise<void> => {
    const broken = open
    open = null
    await broken?.file.close().catch(() => undefined)
    if (broken?.sizeBytes === 0) await deps.files.remove(logName(broken.number)).catch(() => undefined)
    if (broken !== null && broken.sizeBytes > 0) deps.onBroken(segmentOf(broken, broken.sizeBytes))
  }

  return {
    fitting: lines => {
      const { lines: mostLines, bytes: mostBytes } = deps.limits
      let sizeBytes = open?.sizeBytes ?? 0
      let count = 0
      for (const line of lines.slice(0, mostLines - (open?.records ?? 0))) {
        sizeBytes += recordBytes(line)
        if (sizeBytes > mostBytes) break
        count += 1
      }
      return count
    },
    write: async lines => {
      try {
        open ??= await create()
        const at: Open = open
        const bytes = Buffer.concat(lines.map((line, index) => encodeRecord(at.records + index, line)))
        await at.file.append(bytes)
        await at.file.sync()
        open = { ...at, records: at.records + lines.length, sizeBytes: at.sizeBytes + bytes.length }
      } catch (error) {
        await abandon()
        throw error
      }
    },
    close: async () => {
      const done = open
      open = null
      await done?.file.close().catch(() => undefined)
      return done === null ? null : segmentOf(done, null)
    },
    sizeBytes: () => open?.sizeBytes ?? 0,
  }
}

const segmentOf = ({ number, sizeBytes }: Open, trustedBytes: number | null): Segment => ({
  number,
  sizeBytes,
  sealed: null,
  trustedBytes,
})
