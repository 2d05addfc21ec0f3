import { type Blame, blameOf, type Outcome } from '@llmstatus/shared/outcome'
import type { ResultLine, SkipLine } from '@llmstatus/shared/result'
import { endpointKey } from './plan.ts'

/** An endpoint that ended otherwise than the time before: what a person wants to read, and no more. */
export interface OutcomeNews {
  readonly line: ResultLine
  readonly was: Outcome | null
  readonly blame: Blame | null
}

/** Null where nothing changed. Skips change nothing. */
export const createOutcomeNews = (): ((line: ResultLine | SkipLine) => OutcomeNews | null) => {
  const last = new Map<string, Outcome>()
  return line => {
    if ('skip' in line) return null
    const key = endpointKey(line)
    const was = last.get(key) ?? null
    last.set(key, line.outcome)
    return was === line.outcome ? null : { line, was, blame: blameOf(line.outcome, line.signal) }
  }
}
