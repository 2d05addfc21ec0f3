import { damaged } from './archive.ts'

/** A place in a file that is read from its beginning: lines and counted bytes, in any chunks. */
export interface Cursor {
  /** With its line break. */
  readonly line: (mostBytes: number) => Promise<Buffer>
  readonly take: (bytes: number) => Promise<Buffer>
  readonly isAtEnd: () => Promise<boolean>
  /** How many bytes were given out. */
  readonly read: () => number
  /** Lets go of the file, read to its end or not. */
  readonly close: () => Promise<void>
}

const lineBreak = 0x0a

export const createCursor = (chunks: AsyncIterable<Uint8Array>): Cursor => {
  const source = chunks[Symbol.asyncIterator]()
  let waiting: Buffer[] = []
  let waitingBytes = 0
  let read = 0

  const fetchMore = async (): Promise<boolean> => {
    const next = await source.next()
    if (next.done === true) return false
    const { buffer, byteOffset, byteLength } = next.value
    waiting.push(Buffer.from(buffer, byteOffset, byteLength))
    waitingBytes += byteLength
    return true
  }
  const take = async (bytes: number): Promise<Buffer> => {
    while (waitingBytes < bytes) if (!(await fetchMore())) throw damaged('it ends in the middle')
    const all = waiting.length === 1 && waiting[0] !== undefined ? waiting[0] : Buffer.concat(waiting)
    waiting = [all.subarray(bytes)]
    waitingBytes -= bytes
    read += bytes
    return all.subarray(0, bytes)
  }
  const lineLength = async (mostBytes: number): Promise<number> => {
    let before = 0
    for (let n = 0; before <= mostBytes; n++) {
      if (n === waiting.length && !(await fetchMore())) throw damaged('it ends in the middle')
      const at = waiting[n]?.indexOf(lineBreak) ?? -1
      if (at >= 0 && before + at < mostBytes) return before + at + 1
      before += waiting[n]?.length ?? 0
    }
    throw damaged('a line in it does not end')
  }
  return {
    take,
    line: async mostBytes => take(await lineLength(mostBytes)),
    isAtEnd: async () => {
      while (waitingBytes === 0) if (!(await fetchMore())) return true
      return false
    },
    read: () => read,
    close: async () => void (await source.return?.()),
  }
}
