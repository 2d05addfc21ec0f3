import { caps, type Listener } from './attempt.ts'
import { errnoOf } from './errno.ts'
import { createInflater } from './inflate.ts'

/**
 * The way of a body from the stamp to the listener: inflated where it must be, counted, in order. What was taken in
 * waits until it is read, and that is never in the turn in which it came.
 */
export interface Piece {
  readonly bytes: Uint8Array
  readonly atUs: number
}

export interface Intake {
  readonly take: (piece: Piece) => void
  readonly isWaiting: () => boolean
  /** Reads all that waits; at the end also what the inflater still holds. */
  readonly read: (isEnd: boolean) => Promise<void>
  readonly awaitsToken: () => boolean
  /** The arrival after which nothing more could matter. */
  readonly completeUs: () => number | null
  /** What is wrong with the body itself. */
  readonly errno: () => string | null
  readonly stop: () => void
}

export const createIntake = (
  listener: Listener,
  { coding, awaitsToken }: { readonly coding: string | undefined; readonly awaitsToken: boolean },
): Intake => {
  const inflater = createInflater(coding)
  let waiting: Piece[] = []
  let sizeBytes = 0
  let pieceCount = 0
  let lastUs = 0
  let waitsForToken = awaitsToken
  let completeUs: number | null = null
  let errno: string | null = null

  const listen = ({ bytes, atUs }: Piece): void => {
    if (errno !== null || completeUs !== null) return
    const progress = listener.chunk(bytes, atUs)
    waitsForToken &&= progress === 'waiting'
    if (progress === 'complete') completeUs = atUs
  }

  /** Only the body can be wrong here; an error of who listens is a bug, and goes its way. */
  const inflated = async (work: Promise<readonly Uint8Array[]>): Promise<readonly Uint8Array[]> => {
    try {
      return await work
    } catch (error) {
      errno ??= errnoOf(error)
      return []
    }
  }

  const readAll = async (isEnd: boolean): Promise<void> => {
    while (waiting.length > 0) {
      const pieces = waiting
      waiting = []
      for (const piece of pieces)
        if (inflater === null) listen(piece)
        else for (const bytes of await inflated(inflater.push(piece.bytes))) listen({ bytes, atUs: piece.atUs })
    }
    if (isEnd && inflater !== null && sizeBytes > 0)
      for (const bytes of await inflated(inflater.end())) listen({ bytes, atUs: lastUs })
  }

  return {
    take(piece) {
      lastUs = piece.atUs
      sizeBytes += piece.bytes.length
      pieceCount += 1
      if (sizeBytes > caps.bodyBytes || pieceCount > caps.pieces) errno ??= 'EFBIG'
      else waiting.push(piece)
    },
    isWaiting: () => waiting.length > 0,
    read: readAll,
    awaitsToken: () => waitsForToken,
    completeUs: () => completeUs,
    errno: () => errno,
    stop: () => inflater?.stop(),
  }
}
