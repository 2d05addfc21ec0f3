import {
  type DefinitionLine,
  type LineReject,
  type ResultLine,
  readLine,
  type SkipLine,
} from '@llmstatus/shared/result'
import { bucketsFor, type SkippedRun } from '../rollup/skipped-slots.ts'

/** duplicate_id: the same id twice in one batch · not_plausible: a run of skips that no plan could have made */
export type Reject = LineReject | 'duplicate_id' | 'not_plausible'

export interface RejectedLine {
  /** From 1, as an editor counts. */
  readonly line: number
  readonly reason: Reject
  readonly detail: string
}

export interface BodyLines {
  readonly results: readonly ResultLine[]
  readonly skips: readonly SkipLine[]
  readonly definitions: readonly DefinitionLine[]
  readonly rejected: readonly RejectedLine[]
  /** Keys of a newer version that no line here could keep. */
  readonly droppedKeys: number
}

/** A month of forty endpoints not running is 111,000 buckets; a batch that covers many more is an attack on our memory. */
const mostBuckets = 250_000
/** No schedule is faster than this. */
const shortestIntervalMs = 100

export const readBody = (lines: readonly string[], version: number): BodyLines => {
  const results: ResultLine[] = []
  const skips: SkipLine[] = []
  const definitions: DefinitionLine[] = []
  const rejected: RejectedLine[] = []
  const ids = new Set<string>()
  let buckets = 0
  let droppedKeys = 0
  for (const [index, text] of lines.entries()) {
    const reject = (reason: Reject, detail: string) => void rejected.push({ line: index + 1, reason, detail })
    const read = readLine(text, version)
    if (read.ok) droppedKeys += read.dropped
    if (!read.ok) reject(read.reason, read.detail)
    else if (read.kind === 'definition') definitions.push(read.line)
    else if (ids.has(read.line.id)) reject('duplicate_id', read.line.id)
    else {
      ids.add(read.line.id)
      if (read.kind === 'result') results.push(read.line)
      else {
        const run = runOf(read.line)
        const more = isPossible(run) ? bucketsFor(run) : Number.POSITIVE_INFINITY
        if (buckets + more > mostBuckets) reject('not_plausible', `${run.count} slots`)
        else {
          buckets += more
          skips.push(read.line)
        }
      }
    }
  }
  return { results, skips, definitions, rejected, droppedKeys }
}

/** A line that stands for one slot is a run of one. */
export const runOf = (line: SkipLine): SkippedRun => ({
  firstMs: Date.parse(line.from ?? line.slot),
  lastMs: Date.parse(line.to ?? line.slot),
  count: line.count ?? 1,
})

const isPossible = ({ firstMs, lastMs, count }: SkippedRun): boolean =>
  lastMs >= firstMs && count - 1 <= (lastMs - firstMs) / shortestIntervalMs
