import { afterChanges, type Change, type Incident } from '../incident/incident.ts'
import { stepIncident } from '../incident/step.ts'
import { judgeEndpoint } from '../judge/endpoint.ts'
import type { Policy } from '../judge/policy.ts'
import { judgeProvider } from '../judge/provider.ts'
import { reachMs, type Seen, type Thresholds } from '../judge/series.ts'
import { isFailing } from '../judge/state.ts'
import type { Endpoint, EndpointVerdict, ProviderVerdict, Vote } from '../judge/verdict.ts'
import { judgeVote } from '../judge/vote.ts'

/**
 * One provider before the judge, from its results to its incidents, at whatever time it is said to be: the same pure rules
 * as in the program, with a memory in place of the database. It holds as much as a judgement may look at, and no more.
 */
export interface Court {
  /** Judges what these series say now; the others keep what they said. */
  readonly hear: (rows: readonly HeardRow[], nowMs: number) => Moment
  /** Everything that time alone can change. */
  readonly sweep: (nowMs: number) => Moment
  /** Nothing fails and nothing is open: time alone changes nothing that matters. */
  readonly isCalm: () => boolean
}

export interface CourtSeries {
  readonly endpoint: Endpoint
  readonly intervalMs: number
  readonly thresholdsAt: (nowMs: number) => Thresholds
}

export interface HeardRow {
  /** Which of the series. */
  readonly of: number
  readonly seen: Seen
}

export interface Moment {
  readonly ms: number
  readonly verdict: ProviderVerdict
  readonly changes: readonly Change[]
  readonly incident: Incident | null
}

interface Line extends CourtSeries {
  seen: Seen[]
  vote: Vote | null
}

interface Bench {
  readonly endpoint: Endpoint
  readonly lines: readonly Line[]
  was: EndpointVerdict | null
}

export const createCourt = (provider: string, series: readonly CourtSeries[], policy: Policy): Court => {
  const lines = series.map((one): Line => ({ ...one, seen: [], vote: null }))
  const benches = [...Map.groupBy(lines, ({ endpoint }) => endpoint.id).values()].flatMap((group): Bench[] =>
    group[0] === undefined ? [] : [{ endpoint: group[0].endpoint, lines: group, was: null }],
  )
  let incident: Incident | null = null

  const judge = (heard: Iterable<Line>, nowMs: number): Moment => {
    for (const line of heard) line.vote = voteOf(line, policy, nowMs)
    const verdicts = benches.map(bench => {
      const votes = bench.lines.flatMap(({ vote }) => vote ?? [])
      bench.was = judgeEndpoint({ endpoint: bench.endpoint, was: bench.was, votes, policy, nowMs })
      return bench.was
    })
    const verdict = judgeProvider(provider, verdicts, policy)
    const changes = stepIncident({ incident, verdict, policy, nowMs })
    incident = afterChanges(incident, changes, { id: `${provider} ${nowMs}`, provider, nowMs })
    return { ms: nowMs, verdict, changes, incident }
  }

  return {
    hear: (rows, nowMs) => {
      const heard = new Set<Line>()
      for (const { of, seen } of rows) {
        const line = lines[of]
        if (line === undefined) throw new Error(`there is no series ${of}`)
        line.seen.push(seen)
        heard.add(line)
      }
      return judge(heard, nowMs)
    },
    sweep: nowMs => judge(lines, nowMs),
    isCalm: () =>
      (incident === null || incident.resolvedMs !== null) &&
      lines.every(({ vote }) => vote === null || !isFailing(vote.state)),
  }
}

const voteOf = (line: Line, policy: Policy, nowMs: number): Vote => {
  const { endpoint, intervalMs, vote } = line
  const sinceMs = nowMs - reachMs(intervalMs, policy)
  if (line.seen.some(({ slotMs }) => slotMs < sinceMs)) line.seen = line.seen.filter(({ slotMs }) => slotMs >= sinceMs)
  const series = { type: endpoint.type, intervalMs, thresholds: line.thresholdsAt(nowMs), results: line.seen }
  return judgeVote({ was: vote, series, policy, nowMs })
}

/** How long until time alone may have changed something. */
export const sweepEveryMs = (court: Court): number => (court.isCalm() ? 300_000 : 10_000)
