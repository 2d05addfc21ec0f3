import type { FileEntry } from './files.ts'
import { readName, type Segment } from './segment.ts'
import { isDone, type State } from './state.ts'

/** What the files of an earlier run mean, and which of them mean nothing any more. */
export interface Recovered {
  readonly segments: readonly Segment[]
  /** Logs whose lines are sealed or done, by segment number, with their sizes. */
  readonly logs: ReadonlyMap<number, number>
  readonly remove: readonly string[]
  readonly nextNumber: number
}

export const recover = (entries: readonly FileEntry[], state: State): Recovered => {
  const segments = new Map<number, Segment>()
  const logs = new Map<number, number>()
  const remove = entries.filter(({ name }) => name.endsWith('.tmp')).map(({ name }) => name)
  let highest = state.freed
  for (const { name, sizeBytes } of entries) {
    const file = readName(name)
    if (file === null) continue
    highest = Math.max(highest, file.segment)
    if (file.kind === 'log') logs.set(file.segment, sizeBytes)
    else if (isDone(state, file.segment) || segments.has(file.segment)) remove.push(name)
    else segments.set(file.segment, sealedSegment(file, { name, sizeBytes }))
  }
  for (const [number, sizeBytes] of [...logs]) {
    if (isDone(state, number) || segments.has(number)) continue
    segments.set(number, { number, sizeBytes, sealed: null, trustedBytes: null })
    logs.delete(number)
  }
  return { segments: [...segments.values()], logs, remove, nextNumber: highest + 1 }
}

const sealedSegment = (
  file: { readonly segment: number; readonly lines: number; readonly damaged: number },
  { name, sizeBytes }: FileEntry,
): Segment => ({
  number: file.segment,
  sizeBytes,
  sealed: { name, lines: file.lines, damaged: file.damaged },
  trustedBytes: null,
})
