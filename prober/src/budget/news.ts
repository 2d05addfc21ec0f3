import type { Log } from '../log.ts'
import type { Probe } from '../probe.ts'
import type { Limit } from './decide.ts'
import { purseOf } from './limits.ts'

/** Says once a day of each limit that it stands in the way; the skips themselves are in the results. */
export const createBudgetNews = (log: Log): ((probe: Probe, limit: Limit, day: number) => void) => {
  let of = Number.NaN
  const said = new Set<string>()
  return ({ credential }, limit, day) => {
    if (of !== day) said.clear()
    of = day
    const isAll = limit === 'all_keys_usd_per_day'
    const key = `${limit} ${isAll ? '' : purseOf(credential)}`
    if (said.has(key)) return
    said.add(key)
    const whose = isAll ? {} : { credential: credential.name, provider: credential.provider }
    log.warn({ ...whose, limit }, limit === 'requests_per_minute' ? busy : spent)
  }
}

const spent = 'the budget is spent: what is billed is skipped until midnight UTC, reachability goes on'
const busy = 'more came due than this key may be asked in a minute: those slots are skipped'
