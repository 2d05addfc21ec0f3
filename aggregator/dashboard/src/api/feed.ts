import type { Incident, Status } from './shapes.ts'

/** What is known, how old it is, and whether more is coming. */
export interface Feed {
  readonly status: Status | null
  readonly incidents: readonly Incident[]
  /** When the last good answer came. */
  readonly receivedMs: number | null
  /** Null while answers come. */
  readonly failing: { readonly sinceMs: number; readonly why: string } | null
}

export const nothingYet: Feed = { status: null, incidents: [], receivedMs: null, failing: null }

export const afterAnswer = (answer: Pick<Feed, 'status' | 'incidents'>, nowMs: number): Feed => ({
  ...answer,
  receivedMs: nowMs,
  failing: null,
})

/** The last good data stays; how long it has been going on stays too. */
export const afterFailure = (feed: Feed, why: string, nowMs: number): Feed => ({
  ...feed,
  failing: { sinceMs: feed.failing?.sinceMs ?? nowMs, why },
})
