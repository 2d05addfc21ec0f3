import { maxLineBytes } from '@llmstatus/shared/result'
import { spanOf } from './body.ts'
import { type Desk, finish, same } from './desk.ts'
import type { Log } from './log.ts'
import { addLoss, type Loss } from './loss.ts'
import { makeRoom } from './outbox.ts'
import { recordBytes } from './record.ts'
import { dropKept, isFull, withRoom } from './room.ts'
import type { InTurn } from './turns.ts'

/**
 * Lines on their way to the disk. All that wait when it is their turn share one write and one fsync.
 */
export interface Intake {
  readonly append: (lines: readonly string[], inTurn: InTurn) => Promise<void>
  readonly writable: () => boolean
}

interface Waiting {
  readonly line: string
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

export const createIntake = (deps: {
  readonly desk: Desk
  readonly log: Log
  readonly maxBytes: number
  readonly onDurable: (lines: readonly string[]) => void
}): Intake => {
  const { desk, log } = deps
  const waiting: Waiting[] = []
  let unwritten: Loss | null = null
  let writable = true

  const write = async (chunk: readonly Waiting[]): Promise<void> => {
    const lines = chunk.map(({ line }) => line)
    try {
      await makeRoom(desk, { neededBytes: sum(lines.map(recordBytes)), maxBytes: deps.maxBytes })
      await writeOrMakeWay(lines)
    } catch (error) {
      writable = false
      const { results, from, to } = spanOf(lines)
      unwritten =
        addLoss(unwritten === null ? [] : [unwritten], { reason: 'spool_full', lost: results, from, to })[0] ?? null
      for (const { failed } of chunk) failed(error)
      return
    }
    writable = true
    deps.onDurable(lines)
    for (const { done } of chunk) done()
    await admitLoss().catch(() => undefined)
  }

  /** What is kept for a day is worth less than what is new; the reserve is not for this, what is old must still go out. */
  const writeOrMakeWay = async (lines: readonly string[]): Promise<void> => {
    try {
      await log.write(lines)
    } catch (error) {
      if (!isFull(error) || !(await dropKept(desk))) throw error
      await log.write(lines)
    }
  }

  /** What could not be written is counted as soon as something can be; until then it stays counted here. */
  const admitLoss = async (): Promise<void> => {
    const loss = unwritten
    if (loss === null) return
    await finish(desk, null, { change: same, loss })
    unwritten = null
  }

  const commit = async (): Promise<void> => {
    const group = waiting.splice(0)
    while (group.length > 0) {
      const count = log.fitting(group.map(({ line }) => line))
      if (count > 0) await write(group.splice(0, count))
      else await closeFull()
    }
  }

  /** Sealed at once, because it is seven times smaller then. Where that fails, it is sealed when it is next to go. */
  const closeFull = async (): Promise<void> => {
    await desk.closeLog()
    const full = desk.shelf.newest()
    if (full?.sealed === null) await withRoom(desk, () => desk.shelf.seal(full)).catch(() => null)
  }

  return {
    append: async (lines, inTurn) => {
      for (const line of lines) assertLine(line)
      const written = lines.map(line => new Promise<void>((done, failed) => waiting.push({ line, done, failed })))
      await Promise.all([...written, inTurn(commit)])
    },
    writable: () => writable,
  }
}

const assertLine = (line: string): void => {
  if (line.includes('\n')) throw new Error('a line holds a newline')
  if (Buffer.byteLength(line) > maxLineBytes) throw new Error(`a line has over ${maxLineBytes} bytes`)
}

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0)
