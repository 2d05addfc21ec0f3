import { isFailing, stateWords } from '../judge/state.ts'
import type { EndpointVerdict, Evidence, ProviderVerdict } from '../judge/verdict.ts'
import type { Happening, Incident, Place } from './incident.ts'

/** What happened, as one sentence for a person: what, how often, in which time, seen from where. */

export interface Told {
  /** The provider's name as people know it. */
  readonly name: string
  readonly verdict: ProviderVerdict
  /** Before this change; null where it opens. */
  readonly incident: Incident | null
  readonly nowMs: number
}

export const sentenceOf = (change: Happening, told: Told): string => {
  const { name, verdict, incident, nowMs } = told
  switch (change.kind) {
    case 'opened':
      return `${name} ${troubles(verdict)}`
    case 'reopened':
      return `Again: ${name} ${troubles(verdict)}`
    case 'impact':
      return `${name}: ${change.to} now, was ${change.from}: ${troubles(verdict)}`
    case 'eased':
      return `${name}: ${change.to} now, was ${change.from}`
    case 'scope':
      return `${name}: also ${change.added.map(titleOf).join(', ')}`
    case 'state':
      return `${name} ${stateWords[change.to].says} now, after it ${stateWords[change.from].says.replace(/^is /, 'was ')}`
    case 'resolved':
      return resolved(name, change.reason, nowMs - (incident?.openedMs ?? nowMs))
  }
}

const shown = 3

const troubles = (verdict: ProviderVerdict): string => {
  const failing = verdict.endpoints.filter(one => isFailing(one.state))
  const rest = failing.length - shown
  return [...failing.slice(0, shown).map(trouble), ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ')
}

const titleOf = ({ probe, model }: Place): string => (model === '' ? probe : `${probe} ${model}`)

const trouble = (one: EndpointVerdict): string => `${titleOf(one.endpoint)}: ${finding(one.evidence)}, ${seenFrom(one)}`

const latencyWords = {
  first_token: 'time to first token',
  total: 'time to the whole answer',
  per_token: 'time between two tokens',
} as const

const finding = ({ n, failed, window_s, codes, latency }: Evidence): string => {
  const within = `within ${spanOf(window_s * 1000)}`
  if (latency !== null) {
    const what = latencyWords[latency.metric]
    return `${what} ${secondsOf(latency.p95_ms)} at p95 ${within}, above ${secondsOf(latency.threshold_ms)} in ${latency.above} of ${n} probes`
  }
  return `${failed} of ${n} probes failed ${within} (${Object.keys(codes).join(', ')})`
}

const seenFrom = ({ voters, agree }: EndpointVerdict): string =>
  voters <= 1 ? 'seen from one vantage' : `seen from ${agree} of ${voters} vantages`

const resolved = (name: string, reason: 'clean_windows' | 'not_measured', durationMs: number): string =>
  reason === 'clean_windows'
    ? `${name} has recovered after ${spanOf(durationMs)}`
    : `${name} is not measured any more: closed after ${spanOf(durationMs)}, and whether it is over is not known`

const secondsOf = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)

/** `42 s`, `5 min`, `2 h 10 min` */
export const spanOf = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (seconds < 300 && seconds % 60 !== 0) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  if (minutes < 60) return `${minutes} min`
  const rest = minutes % 60
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`
}
