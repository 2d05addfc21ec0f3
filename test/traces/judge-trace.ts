import { afterChanges, type Incident } from '../../aggregator/src/incident/incident.ts'
import { stepIncident } from '../../aggregator/src/incident/step.ts'
import { judgeEndpoint } from '../../aggregator/src/judge/endpoint.ts'
import type { Policy } from '../../aggregator/src/judge/policy.ts'
import { judgeProvider } from '../../aggregator/src/judge/provider.ts'
import { reachMs, type Seen } from '../../aggregator/src/judge/series.ts'
import { thresholdsOf } from '../../aggregator/src/judge/thresholds.ts'
import type { EndpointVerdict, Vote } from '../../aggregator/src/judge/verdict.ts'
import { judgeVote } from '../../aggregator/src/judge/vote.ts'
import type { Trace, TracedSeries } from './trace.ts'

/** Our own rules on a trace, from vote to incident, as results arrive and as time passes. */
export interface Told {
  readonly ms: number
  readonly kind: 'opened' | 'reopened' | 'critical' | 'outage' | 'resolved'
}

/** How far ahead of us a result may be and still count. */
const aheadMs = 120_000
const sweepMs = 60_000
const trouble = 10_000

interface Line {
  readonly series: TracedSeries
  readonly intervalMs: number
  seen: Seen[]
  vote: Vote | null
}

export const judgeTrace = (trace: Trace, policy: Policy): readonly Told[] => {
  const lines: readonly Line[] = trace.series.map(series => ({
    series,
    intervalMs: Math.max(series.everyMs, series.timeoutMs),
    seen: [],
    vote: null,
  }))
  const endpoints = [...Map.groupBy(lines, ({ series }) => `${series.probe} ${series.model}`).values()]
  const was: (EndpointVerdict | null)[] = endpoints.map(() => null)
  const told: Told[] = []
  let incident: Incident | null = null
  let wasOut = false

  const judge = (heard: ReadonlySet<Line>, nowMs: number): void => {
    for (const line of heard) line.vote = voteOf(line, policy, nowMs)
    const verdicts = endpoints.map((group, id) => {
      const [first] = group
      const { model = '', probe = '', type = 'chat' } = first?.series ?? {}
      const endpoint = { id, provider: trace.kind, model, probe, type }
      const votes = group.flatMap(line => line.vote ?? [])
      const verdict = judgeEndpoint({ endpoint, was: was[id] ?? null, votes, policy, nowMs })
      was[id] = verdict
      return verdict
    })
    const verdict = judgeProvider(trace.kind, verdicts, policy)
    const changes = stepIncident({ incident, verdict, policy, nowMs })
    incident = afterChanges(incident, changes, { id: String(nowMs), provider: trace.kind, nowMs })
    for (const change of changes) {
      if (change.kind === 'opened' || change.kind === 'reopened' || change.kind === 'resolved')
        told.push({ ms: nowMs, kind: change.kind })
      const impact = change.kind === 'opened' ? change.impact : change.kind === 'impact' ? change.to : null
      if (impact === 'critical') told.push({ ms: nowMs, kind: 'critical' })
    }
    if (verdict.state === 'outage' && !wasOut) told.push({ ms: nowMs, kind: 'outage' })
    wasOut = verdict.state === 'outage'
  }

  let at = 0
  for (let nowMs = trace.startMs; nowMs <= trace.endMs; ) {
    const next = trace.rows[at]
    const isQuiet = incident === null && lines.every(({ vote }) => vote?.state === 'operational')
    const sweepAtMs = nowMs + (isQuiet ? sweepMs : trouble)
    if (next !== undefined && next.arrivedMs <= sweepAtMs) {
      nowMs = next.arrivedMs
      const heard = new Set<Line>()
      // Within a second is one batch.
      for (let row = trace.rows[at]; row !== undefined && row.arrivedMs <= next.arrivedMs; row = trace.rows[++at]) {
        const line = lines[row.of]
        if (line === undefined) throw new Error('a row without a series')
        if (row.seen.slotMs - row.arrivedMs <= aheadMs) line.seen.push(row.seen)
        heard.add(line)
      }
      judge(heard, nowMs)
    } else {
      nowMs = sweepAtMs
      judge(new Set(lines), nowMs)
    }
  }
  return told
}

const voteOf = (line: Line, policy: Policy, nowMs: number): Vote => {
  const { series, vote, intervalMs } = line
  const sinceMs = nowMs - reachMs(intervalMs, policy)
  if ((line.seen[0]?.slotMs ?? nowMs) < sinceMs) line.seen = line.seen.filter(({ slotMs }) => slotMs >= sinceMs)
  const { seen } = line
  const usual = series.usual[Math.floor((nowMs % 86_400_000) / (86_400_000 / 8))] ?? null
  const thresholds = thresholdsOf({ type: series.type, kind: 'hosted', reasoning: false, sla: null, usual }, policy)
  return judgeVote({ was: vote, series: { type: series.type, intervalMs, thresholds, results: seen }, policy, nowMs })
}
