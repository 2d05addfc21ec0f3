import type { Outcome } from '@llmstatus/shared/outcome'
import type { ProbeType } from '@llmstatus/shared/result'
import { afterChanges, type Change, type Incident } from '../../incident/incident.ts'
import { stepIncident } from '../../incident/step.ts'
import { judgeEndpoint } from '../endpoint.ts'
import type { Policy } from '../policy.ts'
import { judgeProvider } from '../provider.ts'
import type { Seen } from '../series.ts'
import type { EndpointVerdict, ProviderVerdict, Vote } from '../verdict.ts'
import { judgeVote } from '../vote.ts'

/** A provider, probed and judged as time goes by: for tests. Times are ms from 0; nothing here sleeps. */

export interface SimProbe {
  readonly probe: string
  readonly type: ProbeType
  readonly everyMs: number
  readonly firstMs: number
}

export interface Sample {
  readonly outcome: Outcome
  readonly ms?: number
}

export interface Plan {
  readonly probes: readonly SimProbe[]
  readonly vantages: number
  readonly untilMs: number
  /** What a probe would find at a time. */
  readonly at: (ms: number, probe: SimProbe, vantage: number) => Sample
  /** The prober looks again every so often, until this long has passed without trouble; null: it keeps to its schedule. */
  readonly followUps: { readonly everyMs: number; readonly forMs: number } | null
  readonly policy: Policy
}

export interface Moment {
  readonly ms: number
  readonly verdict: ProviderVerdict
  readonly votes: readonly Vote[]
  readonly changes: readonly Change[]
}

const deliveryMs = 1_000
/** Half an hour of follow-ups. */
const mostSeen = 120

interface Line {
  readonly probe: SimProbe
  readonly vantage: number
  readonly seen: Seen[]
  vote: Vote | null
  lastTroubleMs: number
}

export const runTrace = (plan: Plan): readonly Moment[] => {
  const lines: Line[] = plan.probes.flatMap(probe =>
    Array.from({ length: plan.vantages }, (_, vantage) => ({
      probe,
      vantage,
      seen: [],
      vote: null,
      lastTroubleMs: Number.NEGATIVE_INFINITY,
    })),
  )
  const was = new Map<SimProbe, EndpointVerdict>()
  const moments: Moment[] = []
  let incident: Incident | null = null
  for (let ms = 0; ms <= plan.untilMs; ms += deliveryMs) {
    const arrived = lines.filter(line => measure(plan, line, ms - deliveryMs))
    if (arrived.length === 0 && ms % 60_000 !== 0) continue
    const verdict = judge(plan, { lines, was, ms })
    const changes = stepIncident({ incident, verdict, policy: plan.policy, nowMs: ms })
    incident = afterChanges(incident, changes, { id: `incident at ${ms}`, provider: 'sim', nowMs: ms })
    moments.push({ ms, verdict, votes: lines.flatMap(line => line.vote ?? []), changes })
  }
  return moments
}

const measure = (plan: Plan, line: Line, ms: number): boolean => {
  const { probe, vantage } = line
  const isDue = ms >= probe.firstMs && (ms - probe.firstMs) % probe.everyMs === 0
  const sinceTrouble = ms - line.lastTroubleMs
  const { followUps } = plan
  const isAgain = followUps !== null && sinceTrouble <= followUps.forMs && sinceTrouble % followUps.everyMs === 0
  if (ms < 0 || (!isDue && !isAgain)) return false
  const sample = plan.at(ms, probe, vantage)
  if (sample.outcome !== 'ok') line.lastTroubleMs = ms
  line.seen.push({
    slotMs: ms,
    why: isDue ? 'schedule' : 'followup',
    outcome: sample.outcome,
    signal: null,
    httpStatus: sample.outcome === 'ok' ? 200 : null,
    firstTokenMs: sample.outcome === 'ok' && probe.type === 'chat' ? (sample.ms ?? 500) : null,
    totalMs: sample.outcome === 'ok' ? (sample.ms ?? 500) : null,
    late: false,
  })
  if (line.seen.length > mostSeen) line.seen.shift()
  return true
}

const judge = (
  plan: Plan,
  {
    lines,
    was,
    ms,
  }: { readonly lines: readonly Line[]; readonly was: Map<SimProbe, EndpointVerdict>; readonly ms: number },
): ProviderVerdict => {
  const { policy } = plan
  for (const line of lines) {
    const thresholds = { firstTokenMs: policy.slow.floorMs, totalMs: null, basis: 'known' } as const
    const series = { type: line.probe.type, intervalMs: line.probe.everyMs, thresholds, results: line.seen }
    line.vote = judgeVote({ was: line.vote, series, policy, nowMs: ms })
  }
  const endpoints = plan.probes.map((probe, id) => {
    const endpoint = {
      id,
      provider: 'sim',
      model: probe.type === 'chat' ? 'm' : '',
      probe: probe.probe,
      type: probe.type,
    }
    const votes = lines.filter(line => line.probe === probe).flatMap(line => line.vote ?? [])
    const verdict = judgeEndpoint({ endpoint, was: was.get(probe) ?? null, votes, policy, nowMs: ms })
    was.set(probe, verdict)
    return verdict
  })
  return judgeProvider('sim', endpoints, policy)
}

/** mulberry32: the same seed, the same trace. */
export const seeded = (seed: number): (() => number) => {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
