import { blameOf } from '@llmstatus/shared/outcome'
import type { Row, Trace } from './trace.ts'

/**
 * What others do with the same results, follow-ups included: so none of them is slower for looking less often. Each
 * vantage's probe is a monitor; somebody is told when one goes down while none was, except where all of them vote.
 */
export interface Peer {
  readonly name: string
  readonly about: string
  readonly alarms: (trace: Trace, isDown: (row: Row) => boolean) => readonly number[]
}

/** What they call down: everything that is not well. */
export const notOk = ({ seen }: Row): boolean => seen.outcome !== 'ok'
/** The same rules, given our knowledge of whose problem it is, and of what came too late to be news. */
export const providerBlamed = ({ seen }: Row): boolean =>
  !seen.late && blameOf(seen.outcome, seen.signal) === 'provider'

/** `steps` says after each result whether its monitor is down. */
const anyMonitor =
  (step: () => (row: Row, failed: boolean) => boolean) =>
  (trace: Trace, isDown: (row: Row) => boolean): readonly number[] => {
    const monitors = trace.series.map(step)
    const down = new Set<number>()
    return trace.rows.flatMap(row => {
      const wasAny = down.size > 0
      if (monitors[row.of]?.(row, isDown(row))) down.add(row.of)
      else down.delete(row.of)
      return down.size > 0 && !wasAny ? [row.arrivedMs] : []
    })
  }

/** Down after so many failures in a row, up after so many successes. */
const inARow = (failures: number, successes: number) => () => {
  let isDown = false
  let against = 0
  return (_: Row, failed: boolean): boolean => {
    against = failed === isDown ? 0 : against + 1
    if (against >= (isDown ? successes : failures)) {
      isDown = !isDown
      against = 0
    }
    return isDown
  }
}

const halfOf5min = () => {
  let recent: { readonly ms: number; readonly failed: boolean }[] = []
  return ({ seen }: Row, failed: boolean): boolean => {
    recent = [...recent.filter(({ ms }) => ms > seen.slotMs - 300_000), { ms: seen.slotMs, failed }]
    return recent.filter(one => one.failed).length > recent.length / 2
  }
}

/** The last result of more than half of all monitors. */
const majority = (trace: Trace, isDown: (row: Row) => boolean): readonly number[] => {
  const last = new Map<number, boolean>()
  let wasDown = false
  return trace.rows.flatMap(row => {
    last.set(row.of, isDown(row))
    const isNow = [...last.values()].filter(Boolean).length > trace.series.length / 2
    const told = isNow && !wasDown
    wasDown = isNow
    return told ? [row.arrivedMs] : []
  })
}

export const peers: readonly Peer[] = [
  { name: 'uptime_kuma', about: 'no retry, its default', alarms: anyMonitor(inARow(1, 1)) },
  { name: 'uptime_kuma.retries_1', about: 'one retry', alarms: anyMonitor(inARow(2, 1)) },
  { name: 'uptime_kuma.retries_3', about: 'three retries, what people set', alarms: anyMonitor(inARow(4, 1)) },
  { name: 'gatus', about: 'three failures, two successes', alarms: anyMonitor(inARow(3, 2)) },
  { name: 'majority', about: 'more than half of the monitors', alarms: majority },
  { name: 'half_5min', about: 'more than half over five minutes', alarms: anyMonitor(halfOf5min) },
]
