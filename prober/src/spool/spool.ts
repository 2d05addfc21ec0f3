import { limits } from '@llmstatus/shared/batch'
import { maxTextBytes, spanOf } from './body.ts'
import { type Desk, usedBytes } from './desk.ts'
import { type FileEntry, type Files, replaceFile } from './files.ts'
import type { Flight, Notary } from './flight.ts'
import { createIntake } from './intake.ts'
import { createKept, type Kept } from './kept.ts'
import { createLog } from './log.ts'
import type { Loss } from './loss.ts'
import { nextFlight, noteFork, type Place, refuse, reposition, rewind, settle } from './outbox.ts'
import { scanRecords } from './record.ts'
import { recover } from './recover.ts'
import { createResend } from './resend.ts'
import { createReserve, type Reserve, withRoom } from './room.ts'
import { readName } from './segment.ts'
import { createShelf, type Shelf } from './shelf.ts'
import { createSince, type Since } from './since.ts'
import { openState, type StateKeeper } from './state.ts'
import { createTurns } from './turns.ts'

/**
 * Lines in, signed batches out, and a receipt for every byte that is freed.
 *
 * Files, in one folder
 *   0000000007.log           the segment that grows: records with length and CRC (record.ts)
 *   0000000007-1800-0.batch  the same segment closed: the gzip body as it is sent; lines and damaged records in its name
 *   0000000042-1789….kept    acknowledged records from number 42 on, for a day (kept.ts)
 *   reserve                  room that a full disk is still drained with (room.ts)
 *   state.a, state.b         where the chain stands, and the signature of the record in flight (state.ts)
 *   *.tmp                    half a body; removed at start
 *
 * Invariants
 * - `append` resolves after an fsync. From then on a line is in exactly one of: a log, a sealed body, a receipt, a loss
 *   that a signed gap record names.
 * - A body is packed once. It and its signature are on disk before the first byte leaves, and are sent again as they are.
 * - Recovery at start, each case with its test: a torn tail is cut off; a damaged record is dropped and counted, and the
 *   ones behind it are kept; an empty log is nothing; a half-written body is removed and packed again from its log; a
 *   log beside its body, or behind its receipt, is history; a damaged body is a counted loss.
 * - A full disk: what is kept goes first, then the reserve, so that what is old can still be sealed, signed and sent, and
 *   frees room by that; what is new and finds no room is a counted loss. A read-only disk: nothing is taken and nothing
 *   is signed, each failure says so, and it goes on when it can.
 * - A failed write loses the lines that were being written, says so to whoever waits for them, and counts them; the next
 *   write starts a new file.
 * - Over `maxBytes` what is kept goes, then the oldest, with its loss. No line here holds a key: lines are what the wire carries.
 */
export interface Spool {
  readonly append: (lines: readonly string[]) => Promise<void>
  /** The one record to send, the same until it is settled or refused; null when there is nothing. */
  readonly next: (notary: Notary) => Promise<Flight | null>
  readonly settle: (notary: Notary, receipt: string) => Promise<'freed' | 'bad_receipt'>
  readonly refuse: (notary: Notary, flight: Flight) => Promise<void>
  /** resending: what the aggregator has lost goes out again · gap: it is not kept any more, and the next record says so */
  readonly reposition: (at: Place) => Promise<'resending' | 'gap'>
  /** The aggregator does not know our key: it gets the rotation to it again; false where that is in vain. */
  readonly resendRotation: () => Promise<boolean>
  readonly noteFork: (at: Place) => Promise<void>
  /** The aggregator's history is the true one; false where there is no other. */
  readonly rewind: () => Promise<boolean>
  readonly status: () => SpoolStatus
  /** What waits is written; nothing is sent. */
  readonly close: () => Promise<void>
}

export interface SpoolStatus {
  readonly sizeBytes: number
  /** When the oldest line that waits for a receipt was written; null where nothing waits. */
  readonly waitingSinceMs: number | null
  /** Acknowledged, and kept beside that for an aggregator that comes back from a backup. */
  readonly keptBytes: number
  /** Two histories under one key: nothing is sent until `rewind`. */
  readonly forked: boolean
  /** Something is in flight, sealed or lost: it can go at once, without closing the segment that grows. */
  readonly backlog: boolean
  /** The segment that grows holds lines. */
  readonly fresh: boolean
  readonly writable: boolean
}

export interface SpoolDeps {
  readonly files: Files
  /** Where refused records are kept, the newest few. */
  readonly quarantine: Files
  readonly maxBytes: number
  readonly nowMs: () => number
  /** Called in turn with lines that are now durable, before anybody is told. */
  readonly onDurable: (lines: readonly string[]) => void
  /** Makes durable whatever `onDurable` has told so far: the logs that hold those lines are then removed. */
  readonly checkpoint: () => Promise<void>
  readonly onLoss: (loss: Loss) => void
}

export interface OpenedSpool {
  readonly spool: Spool
  /** Every line in the logs of earlier runs, sent or not: what is newer than the last checkpoint is among them. */
  readonly tail: readonly string[]
  /** The state was there and unreadable: the chain starts anew, and the aggregator will call it a fork. */
  readonly stateLost: boolean
}

export const openSpool = async (deps: SpoolDeps): Promise<OpenedSpool> => {
  const { files } = deps
  const keeper = await openState(files)
  const entries = await files.list()
  const found = recover(entries, keeper.state())
  for (const name of found.remove) await files.remove(name)
  const tail = await readLogs(files, entries)
  const shelf = createShelf({ ...deps, segments: found.segments, logs: found.logs })
  const kept = await createKept({ ...deps, packBytes: segmentBytes(deps.maxBytes) })
  const reserve = await createReserve({ ...deps, bytes: segmentBytes(deps.maxBytes) })
  await reserve.hold()
  const earlierMs = await oldestMs(shelf, tail)
  const since = createSince({ ...deps, firstNumber: found.nextNumber, earlierMs })
  const parts = { keeper, shelf, kept, reserve, since, nextNumber: found.nextNumber }
  return { spool: createSpool(deps, parts), tail, stateLost: keeper.lost }
}

/** Of what earlier runs have left to be sent. */
const oldestMs = async (shelf: Shelf, tail: readonly string[]): Promise<number | null> => {
  const oldest = shelf.oldest(null)
  if (oldest === null) return null
  const from = (oldest.sealed === null ? spanOf(tail) : await shelf.body(oldest))?.from ?? null
  return from === null ? null : Date.parse(from)
}

const readLogs = async (files: Files, entries: readonly FileEntry[]): Promise<readonly string[]> => {
  const names = entries.map(({ name }) => name).filter(name => readName(name)?.kind === 'log')
  const logs: (readonly string[])[] = []
  for (const name of names.sort()) logs.push(scanRecords(await files.read(name)).lines)
  return logs.flat()
}

interface Parts {
  readonly keeper: StateKeeper
  readonly shelf: Shelf
  readonly kept: Kept
  readonly reserve: Reserve
  readonly since: Since
  readonly nextNumber: number
}

const createSpool = (deps: SpoolDeps, { keeper, shelf, kept, reserve, since, nextNumber }: Parts): Spool => {
  const inTurn = createTurns()
  let number = nextNumber
  const log = createLog({
    files: deps.files,
    takeNumber: () => number++,
    limits: { lines: limits.lines, bytes: segmentBytes(deps.maxBytes) },
    onBroken: shelf.put,
  })
  const closeLog = async () => {
    const closed = await log.close()
    if (closed !== null) shelf.put(closed)
  }
  const desk: Desk = {
    keeper,
    shelf,
    kept,
    resend: createResend(kept),
    reserve,
    closeLog,
    growingBytes: log.sizeBytes,
    keepEvidence: flight => keepEvidence(deps.quarantine, flight),
    onLoss: deps.onLoss,
  }
  const intake = createIntake({ ...deps, desk, log, maxBytes: deps.maxBytes - segmentBytes(deps.maxBytes) })
  /** Sealed logs are kept as history until there are enough of them to be worth a checkpoint. */
  const tidied = async <T>(work: () => Promise<T>): Promise<T> => {
    const result = await work()
    if (shelf.hasMuchHistory()) await withRoom(desk, shelf.forgetLogs).catch(() => undefined)
    await reserve.hold()
    return result
  }
  const waitingSinceMs = (): number | null => {
    const oldest = keeper.state().signed?.segment ?? shelf.oldest(null)?.number ?? null
    if (oldest !== null) return since.of(oldest)
    return log.sizeBytes() > 0 ? since.of(number - 1) : null
  }
  const turn = <T>(work: () => Promise<T>): Promise<T> => inTurn(() => tidied(work))
  return {
    append: async lines => {
      await intake.append(lines, turn)
      since.wrote(number - 1)
    },
    next: notary => turn(() => withRoom(desk, () => nextFlight(desk, notary))),
    settle: (notary, receipt) => turn(() => settle(desk, notary, receipt)),
    refuse: (notary, flight) => turn(() => refuse(desk, notary, flight)),
    reposition: at => turn(() => reposition(desk, at)),
    resendRotation: () => turn(desk.resend.beginAtRotation),
    noteFork: at => turn(() => noteFork(desk, at)),
    rewind: () => turn(() => rewind(desk)),
    status: () => ({
      sizeBytes: usedBytes(desk),
      waitingSinceMs: waitingSinceMs(),
      keptBytes: kept.sizeBytes(),
      forked: keeper.state().fork !== null,
      backlog: hasBacklog(desk),
      fresh: log.sizeBytes() > 0,
      writable: intake.writable(),
    }),
    close: () =>
      inTurn(async () => {
        await shelf.forgetLogs().catch(() => undefined)
        await closeLog()
        await kept.close()
      }),
  }
}

/** Small beside the whole, so that there is always something older to drop. */
const segmentBytes = (maxBytes: number): number => Math.min(maxTextBytes, Math.floor(maxBytes / 8))

const hasBacklog = ({ keeper, shelf, resend }: Desk): boolean =>
  keeper.state().signed !== null ||
  keeper.state().losses.length > 0 ||
  resend.current() !== null ||
  shelf.oldest(null) !== null

const evidenceFiles = 16

/** A person may want to see it, nothing depends on it: a full disk does not stop the chain here. */
const keepEvidence = async (quarantine: Files, { seq, jws, body }: Flight): Promise<void> => {
  try {
    const name = String(seq).padStart(10, '0')
    await replaceFile(quarantine, `${name}.jws`, Buffer.from(jws))
    await replaceFile(quarantine, `${name}.batch`, body)
    const names = (await quarantine.list()).map(file => file.name).sort()
    for (const old of names.slice(0, -evidenceFiles)) await quarantine.remove(old)
  } catch {
    return
  }
}
