import type { Logger } from 'pino'
import { isUnavailable } from '../db/unavailable.ts'
import type { Lease } from './lease.ts'

export interface LookDeps {
  readonly lease: Pick<Lease, 'look' | 'isHeld'>
  readonly log: Pick<Logger, 'info' | 'warn'>
  /** Called when it has become ours: what the one before us left undone is not to wait for the next turn. */
  readonly taken: () => void
}

/** One look at the lease, and a line in the log when it changes hands. A database that is away is no news from here. */
export const createLook = ({ lease, log, taken }: LookDeps): (() => Promise<void>) => {
  let wasHeld = false
  return async () => {
    try {
      await lease.look()
    } catch (error) {
      if (!isUnavailable(error)) throw error
    }
    const isHeld = lease.isHeld()
    if (isHeld && !wasHeld) {
      log.info('this replica judges by the clock and opens incidents')
      taken()
    }
    if (!isHeld && wasHeld) log.warn('another replica judges by the clock now, or the database is away')
    wasHeld = isHeld
  }
}
