import type { ResultLine } from '@llmstatus/shared/result'
import type { Frame } from '../framing/frame.ts'
import type { Answer, Dialect } from './dialect.ts'
import { createGaps } from './gaps.ts'
import { fold, isToken, nothing, type Seen } from './seen.ts'

/**
 * One answer as it is read: chunks in, and at any time what is known so far.
 *
 * Invariants
 * - A stamp is the arrival of the chunk that completed the frame, whenever that frame was read.
 * - Several frames in one chunk are one arrival.
 * - Usage is what the provider said last, never counted from chunks; what nobody said is null.
 * - Bounded: so much text, so many gaps, and no chunk is kept.
 */
export interface Reading extends Seen {
  /** Arrivals that carried at least one token. */
  readonly arrivals: number
  readonly gapUs: ResultLine['gap_us']
  /** What the dialect saw of an error, else what the answer lacks. */
  readonly signal: string | null
}

/** no token yet · tokens come · nothing that could come would matter */
export type Progress = 'waiting' | 'generating' | 'complete'

export interface Reader {
  readonly chunk: (bytes: Uint8Array, atUs: number) => Progress
  readonly end: () => Reading
}

export const createReader = (dialect: Dialect, answer: Answer): Reader => {
  const framer = dialect.framing(answer)()
  const gaps = createGaps()
  let seen: Seen = nothing
  let frameCount = 0

  const read = (frames: readonly Frame[]): void => {
    for (const frame of frames) {
      // what comes after the closing sign or an error is not part of the answer, even in the same chunk
      if (progressOf(seen) === 'complete') return
      frameCount += 1
      for (const fact of dialect.read(frame, answer)) {
        seen = fold(seen, fact, frame.atUs)
        if (dialect.speaks && isToken(fact)) gaps.arrived(frame.atUs)
      }
    }
  }

  return {
    chunk(bytes, atUs) {
      read(framer.push(bytes, atUs))
      return dialect.speaks ? progressOf(seen) : 'generating'
    },
    end() {
      read(framer.end())
      const isSuccess = answer.status < 300
      const lacksText =
        dialect.speaks && isSuccess ? lacking(seen, frameCount, dialect.finishCloses(answer.asked)) : null
      const lacks = dialect.owesValue && isSuccess && !seen.isClosed ? 'no_content' : lacksText
      const signal = seen.error ?? (seen.isUnreadable ? 'unparsable' : lacks)
      const stamps = dialect.speaks ? {} : { firstTokenUs: null, firstVisibleUs: null }
      return { ...seen, ...stamps, arrivals: gaps.arrivals(), gapUs: gaps.summary(), signal }
    },
  }
}

const progressOf = (seen: Seen): Progress => {
  if (seen.isClosed || seen.error !== null || seen.isUnreadable) return 'complete'
  return seen.firstTokenUs === null ? 'waiting' : 'generating'
}

/** A success that is not whole: nothing came, its end did not, or nothing in it is for the user. */
const lacking = (seen: Seen, frameCount: number, finishCloses: boolean): string | null => {
  if (frameCount === 0) return 'no_content'
  if (!seen.isClosed && !(finishCloses && seen.finish !== 'none')) return 'no_end'
  const explained = seen.finish === 'length' || seen.finish === 'filter'
  return seen.firstVisibleUs === null && !explained ? 'no_content' : null
}
