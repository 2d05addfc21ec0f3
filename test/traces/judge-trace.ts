import type { Policy } from '../../aggregator/src/judge/policy.ts'
import { thresholdsOf } from '../../aggregator/src/judge/thresholds.ts'
import { createCourt, type Moment, sweepEveryMs } from '../../aggregator/src/replay/court.ts'
import { usualPlaceOf } from '../../shared/src/threshold.ts'
import type { Trace, TracedSeries } from './trace.ts'

/** Our own rules on a trace, from vote to incident, as results arrive and as time passes. */
export interface Told {
  readonly ms: number
  readonly kind: 'opened' | 'reopened' | 'critical' | 'outage' | 'resolved'
}

/** How far ahead of us a result may be and still count. */
const aheadMs = 120_000

export const judgeTrace = (trace: Trace, policy: Policy): readonly Told[] => {
  const court = createCourt(trace.kind, courtSeries(trace, policy), policy)
  const told: Told[] = []
  let wasOut = false
  const listen = (moment: Moment): void => {
    const isOut = moment.verdict.state === 'outage'
    told.push(...heardFrom(moment), ...(isOut && !wasOut ? [{ ms: moment.ms, kind: 'outage' as const }] : []))
    wasOut = isOut
  }
  let at = 0
  for (let nowMs = trace.startMs; nowMs <= trace.endMs; ) {
    const next = trace.rows[at]
    const sweepAtMs = nowMs + sweepEveryMs(court)
    if (next === undefined || next.arrivedMs > sweepAtMs) {
      nowMs = sweepAtMs
      listen(court.sweep(nowMs))
      continue
    }
    nowMs = next.arrivedMs
    const first = at
    while (trace.rows[at]?.arrivedMs === nowMs) at++
    const rows = trace.rows.slice(first, at).filter(({ seen }) => seen.slotMs - nowMs <= aheadMs)
    listen(court.hear(rows, nowMs))
  }
  return told
}

const heardFrom = ({ ms, changes }: Moment): readonly Told[] =>
  changes.flatMap((change): readonly Told[] => {
    const impact = change.kind === 'opened' ? change.impact : change.kind === 'impact' ? change.to : null
    const isCritical = impact === 'critical' ? [{ ms, kind: 'critical' as const }] : []
    const isTold = change.kind === 'opened' || change.kind === 'reopened' || change.kind === 'resolved'
    return [...(isTold ? [{ ms, kind: change.kind }] : []), ...isCritical]
  })

const courtSeries = ({ kind, series }: Trace, policy: Policy) => {
  const names = [...new Set(series.map(nameOf))]
  return series.map(one => {
    const { model, probe, type, usual } = one
    return {
      endpoint: { id: names.indexOf(nameOf(one)), provider: kind, model, probe, type },
      intervalMs: Math.max(one.everyMs, one.timeoutMs),
      thresholdsAt: (nowMs: number) =>
        thresholdsOf(
          { type, kind: 'hosted', reasoning: false, sla: null, usual: usual[usualPlaceOf(nowMs).block] ?? null },
          policy,
        ),
    }
  })
}

const nameOf = ({ probe, model }: TracedSeries): string => `${probe} ${model}`
