import { type State, stateWords } from '../../judge/state.ts'
import type { ProviderInfo } from '../providers.ts'
import type { Status } from '../status-schema.ts'
import type { Badge } from './svg.ts'

/** What a badge says of a provider. Pure. White on each of these colours is at least 4.5 : 1. */

export const badgeMetrics = ['state', 'uptime', 'ttft'] as const
export type BadgeMetric = (typeof badgeMetrics)[number]

const grey = '#6b6f76'
const green = '#24753b'
const yellow = '#8a6100'
const orange = '#a84900'
const red = '#b3261e'

const colors: Readonly<Record<State, string>> = {
  outage: red,
  partial_outage: orange,
  degraded: orange,
  slow: yellow,
  throttled: grey,
  unknown: grey,
  maintenance: '#2a5db0',
  operational: green,
}

type Now = Status['providers'][number] | undefined

export const badgeOf = (info: ProviderInfo, now: Now, metric: BadgeMetric): Omit<Badge, 'title'> => {
  if (metric === 'uptime') return uptimeBadge(info, now)
  if (metric === 'ttft') return firstTokenBadge(info, now)
  const state = now?.state ?? 'unknown'
  const word = now === undefined ? 'not measured' : stateWords[state].word.toLowerCase()
  return { label: info.name, message: word, color: colors[state] }
}

/** Never rounded up to a hundred: 99.996 % is not all. */
const uptimeBadge = ({ name }: ProviderInfo, now: Now): Omit<Badge, 'title'> => {
  const uptime = now?.uptime_24h ?? null
  const label = `${name} uptime 24h`
  if (uptime === null) return { label, message: 'not measured', color: grey }
  const percent = Math.floor(uptime * 10_000) / 100
  const color = uptime >= 0.999 ? green : uptime >= 0.99 ? yellow : uptime >= 0.95 ? orange : red
  return { label, message: `${percent}%`, color }
}

const firstTokenBadge = ({ name }: ProviderInfo, now: Now): Omit<Badge, 'title'> => {
  const p50 = now?.ttft_ms.p50 ?? null
  const label = `${name} first token`
  if (p50 === null) return { label, message: 'not measured', color: grey }
  const message = p50 < 1_000 ? `${Math.round(p50)} ms` : `${(p50 / 1_000).toFixed(1)} s`
  return { label, message, color: now?.state === 'slow' ? yellow : '#35506b' }
}
