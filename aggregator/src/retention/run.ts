import type { Logger } from 'pino'
import type { Store } from '../db/store.ts'
import { isUnavailable } from '../db/unavailable.ts'
import { dropDays } from './drop-days.ts'
import type { Kept } from './limits.ts'
import { tidyEmbedded } from './tidy.ts'
import { trimLedger } from './trim-ledger.ts'
import { trimLevels } from './trim-levels.ts'
import { trimNames } from './trim-names.ts'
import { trimNotices } from './trim-notices.ts'
import { bringStraysHome, trimStrays } from './trim-strays.ts'

export interface RetentionDeps {
  readonly store: Store
  readonly clock: { readonly nowMs: () => number }
  readonly kept: Kept
  readonly log: Pick<Logger, 'info' | 'warn'>
  readonly isStopping: () => boolean
}

const everyMs = 3_600_000

/** To be called each minute or so: once an hour it does something, and for the first time when it is called first. */
export const createRetention = (deps: RetentionDeps): (() => Promise<void>) => {
  let lastMs = Number.NEGATIVE_INFINITY
  return async () => {
    const nowMs = deps.clock.nowMs()
    if (nowMs - lastMs < everyMs) return
    lastMs = nowMs
    await retain(deps, nowMs)
  }
}

/** Everything that time makes superfluous, once. What it could not do, the next run does. */
const retain = async (deps: RetentionDeps, nowMs: number): Promise<void> => {
  const { store, clock, kept, log } = deps
  try {
    await bringStraysHome(deps, nowMs)
    const days = await dropDays(store, kept, nowMs)
    const probers = (await store.db.selectFrom('prober').select('num').orderBy('num').execute()).map(({ num }) => num)
    const rows = {
      strays: await trimStrays(deps, kept, nowMs),
      buckets: await trimLevels(deps, probers, nowMs),
      ledger: await trimLedger(deps, probers, { kept, nowMs }),
      notices: await trimNotices(deps, nowMs),
      ...(await trimNames(deps, probers, { kept, nowMs })),
    }
    if (!deps.isStopping()) await tidyEmbedded(store)
    const dropped = { days: days.dropped, ...rows, tookMs: clock.nowMs() - nowMs }
    log.info(dropped, 'retention: what is no longer kept was dropped')
    if (days.left.length > 0)
      log.warn({ days: days.left }, 'retention: these days are being read; the next run tries again')
  } catch (error) {
    if (!isUnavailable(error)) throw error
    const reason = error instanceof Error ? error.message : String(error)
    log.warn({ reason }, 'retention: the database could not be used; the next run tries again')
  }
}
