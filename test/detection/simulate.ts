import type { Outcome } from '@llmstatus/shared/outcome'
import type { ResultLine, SkipLine } from '@llmstatus/shared/result'
import { afterChanges, type Incident } from '../../aggregator/src/incident/incident.ts'
import { stepIncident } from '../../aggregator/src/incident/step.ts'
import { judgeEndpoint } from '../../aggregator/src/judge/endpoint.ts'
import { defaultPolicy as policy } from '../../aggregator/src/judge/policy.ts'
import { judgeProvider } from '../../aggregator/src/judge/provider.ts'
import type { Seen } from '../../aggregator/src/judge/series.ts'
import type { EndpointVerdict, Vote } from '../../aggregator/src/judge/verdict.ts'
import { judgeVote } from '../../aggregator/src/judge/vote.ts'
import { createFollowUps } from '../../prober/src/follow-up/follow-ups.ts'
import type { Measure, Probe } from '../../prober/src/probe.ts'
import { hearAll } from '../../prober/src/schedule/admission.ts'
import { startSchedule } from '../../prober/src/schedule/run-schedule.ts'
import { createFakeClock } from '../../prober/test/fake-clock.ts'
import { okLine } from '../../prober/test/test-probe.ts'

/** A prober's own schedule and follow-ups, and the aggregator's own judgement of what they find, as time goes by. */

export interface World {
  readonly probes: readonly Probe[]
  readonly seed: string
  readonly startMs: number
  readonly untilMs: number
  /** What a probe that starts now finds, and how long it takes to. */
  readonly finds: (probe: Probe, nowMs: number) => { readonly outcome: Outcome; readonly tookMs: number }
}

export interface Moment {
  readonly ms: number
  readonly state: string
  readonly changes: readonly { readonly kind: string; readonly impact: string | null }[]
}

export interface Told {
  readonly moments: readonly Moment[]
  readonly lines: readonly (ResultLine | SkipLine)[]
}

const deliveryMs = 1000
/** As many as a judgement may look at. */
const mostSeen = 240

export const simulate = async (world: World): Promise<Told> => {
  const fake = createFakeClock(world.startMs)
  const lines: (ResultLine | SkipLine)[] = []
  const court = createCourt(world.probes)
  const moments: Moment[] = []
  const measure: Measure = async (probe, slot) => {
    const atMs = fake.clock.nowMs()
    const { outcome, tookMs } = world.finds(probe, atMs)
    await fake.wait(tookMs)
    return { ...okLine(probe, slot, atMs), outcome }
  }
  const followUps = createFollowUps({
    probes: () => world.probes,
    seed: world.seed,
    clock: fake.clock,
    usual: new Map(),
  })
  const schedule = startSchedule({
    ...world,
    sinceMs: world.startMs,
    mostAtOnce: 16,
    clock: fake.clock,
    wait: fake.wait,
    newId: () => '',
    admit: () => null,
    measure,
    ended: hearAll([followUps.ended]),
    say: async said => {
      lines.push(...said)
      for (const line of said) if (!('skip' in line)) court.hear(line)
      moments.push(court.judge(fake.clock.nowMs() + deliveryMs))
    },
  })
  await fake.pass(world.untilMs - world.startMs)
  const stopped = schedule.stop(0)
  await fake.pass(1000)
  await stopped
  return { moments, lines }
}

interface Series {
  readonly probe: Probe
  readonly seen: Seen[]
  vote: Vote | null
  verdict: EndpointVerdict | null
}

const createCourt = (probes: readonly Probe[]) => {
  const all: readonly Series[] = probes.map(probe => ({ probe, seen: [], vote: null, verdict: null }))
  let incident: Incident | null = null

  const judged = (one: Series, id: number, nowMs: number): EndpointVerdict => {
    const { probe } = one
    const intervalMs = Math.max(probe.everyMs, probe.timeoutMs)
    const thresholds = { firstTokenMs: null, totalMs: null, basis: 'general' } as const
    const series = { type: probe.type, intervalMs, thresholds, results: one.seen }
    one.vote = judgeVote({ was: one.vote, series, policy, nowMs })
    const endpoint = { id, provider: 'sim', model: probe.model ?? '', probe: probe.probe, type: probe.type }
    one.verdict = judgeEndpoint({ endpoint, was: one.verdict, votes: [one.vote], policy, nowMs })
    return one.verdict
  }

  return {
    hear: (line: ResultLine): void => {
      const of = all.find(({ probe }) => probe.probe === line.probe && probe.model === line.model)
      of?.seen.push({
        slotMs: Date.parse(line.slot),
        why: line.why,
        outcome: line.outcome,
        signal: null,
        httpStatus: null,
        firstTokenMs: null,
        totalMs: null,
        late: false,
      })
      if ((of?.seen.length ?? 0) > mostSeen) of?.seen.shift()
    },
    judge: (nowMs: number): Moment => {
      const verdicts = all.map((one, id) => judged(one, id, nowMs))
      const verdict = judgeProvider('sim', verdicts, policy)
      const changes = stepIncident({ incident, verdict, policy, nowMs })
      incident = afterChanges(incident, changes, { id: String(nowMs), provider: 'sim', nowMs })
      const told = changes.map(change => ({
        kind: change.kind,
        impact: change.kind === 'opened' ? change.impact : change.kind === 'impact' ? change.to : null,
      }))
      return { ms: nowMs, state: verdict.state, changes: told }
    },
  }
}
