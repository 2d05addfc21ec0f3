import type { Desk } from './desk.ts'
import type { Files } from './files.ts'

/**
 * What a full disk is still drained with: a file of our own that holds the room of one sealed segment, given up when
 * there is no other, and made again when there is.
 */
export interface Reserve {
  /** Never fails: on a disk that is full there is none. */
  readonly hold: () => Promise<void>
  /** False where there was none. */
  readonly release: () => Promise<boolean>
  readonly isHeld: () => boolean
}

const reserveName = 'reserve'
const tryAgainMs = 60_000

export const createReserve = async (deps: {
  readonly files: Files
  readonly nowMs: () => number
  readonly bytes: number
}): Promise<Reserve> => {
  const { files, nowMs, bytes } = deps
  let held = (await files.list()).some(({ name, sizeBytes }) => name === reserveName && sizeBytes >= bytes)
  let triedMs = Number.NEGATIVE_INFINITY
  return {
    hold: async () => {
      if (held || Math.abs(nowMs() - triedMs) < tryAgainMs) return
      triedMs = nowMs()
      try {
        await files.overwrite(reserveName, noise(bytes))
        held = true
      } catch {
        await files.remove(reserveName).catch(() => undefined)
      }
    },
    release: async () => {
      const had = held
      held = false
      triedMs = nowMs()
      await files.remove(reserveName)
      return had
    },
    isHeld: () => held,
  }
}

/** Not zeros: a file system that packs those would keep no room for us. */
const noise = (bytes: number): Uint8Array => {
  const words = new Uint32Array(Math.ceil(bytes / 4))
  let state = 0x9e3779b9
  for (let at = 0; at < words.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    words[at] = state ^ (state >>> 13)
  }
  return new Uint8Array(words.buffer, 0, bytes)
}

/** Does it again where the disk was full, and something that is not needed could go: first what is kept, then the reserve. */
export const withRoom = async <T>(desk: Pick<Desk, 'kept' | 'reserve'>, work: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isFull(error)) throw error
      if (!(await dropKept(desk)) && !(await desk.reserve.release())) throw error
    }
  }
}

/** All of it: a disk is not full by a little. */
export const dropKept = async ({ kept }: Pick<Desk, 'kept'>): Promise<boolean> => {
  const had = await kept.dropOldest()
  while (await kept.dropOldest());
  return had
}

export const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
