import type { Log } from '../log.ts'
import type { Clock } from '../probe.ts'

/** Trouble that lasts is said when it begins, once a minute while it stays, and when it is over. */
export interface Announcer {
  readonly trouble: (what: string, fields?: Readonly<Record<string, unknown>>) => void
  readonly over: (what: string) => void
}

const againAfterMs = 60_000

export const createAnnouncer = ({ clock, log }: { readonly clock: Clock; readonly log: Log }): Announcer => {
  let said: { readonly what: string; readonly atMs: number; readonly sinceMs: number } | null = null
  return {
    trouble: (what, fields = {}) => {
      const nowMs = clock.monoUs() / 1000
      if (said !== null && said.what === what && nowMs - said.atMs < againAfterMs) return
      const sinceMs = said?.sinceMs ?? nowMs
      log.warn({ ...fields, for_s: Math.round((nowMs - sinceMs) / 1000) }, what)
      said = { what, atMs: nowMs, sinceMs }
    },
    over: what => {
      if (said !== null) log.info({ after_s: Math.round((clock.monoUs() / 1000 - said.sinceMs) / 1000) }, what)
      said = null
    },
  }
}
