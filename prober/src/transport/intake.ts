import { caps, type Listener } from './attempt.ts'
import { errnoOf } from './errno.ts'
import { createInflater, type Inflater } from './inflate.ts'

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
  const inflater: Inflater | null = createInflater(coding)
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

  const inflate = async (inflater: Inflater, { bytes, atUs }: Piece): Promise<void> => {
    for (const out of await inflater.push(bytes)) listen({ bytes: out, atUs })
  }

  const readAll = async (isEnd: boolean): Promise<void> => {
    while (waiting.length > 0) {
      const pieces = waiting
      waiting = []
      for (const piece of pieces)
        if (inflater === null) listen(piece)
        else await inflate(inflater, piece)
    }
    if (isEnd && inflater !== null && sizeBytes > 0)
      for (const bytes of await inflater.end()) listen({ bytes, atUs: lastUs })
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
    async read(isEnd) {
      try {
        await readAll(isEnd)
      } catch (error) {
        waiting = []
        errno ??= errnoOf(error)
      }
    },
    awaitsToken: () => waitsForToken,
    completeUs: () => completeUs,
    errno: () => errno,
    stop: () => inflater?.stop(),
  }
}
