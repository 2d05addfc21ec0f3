import { isFailing, reasonWords, type State, stateWords } from '../../judge/state.ts'
import { lastToldMs, type ToldEvent, type ToldIncident } from '../incident-feed.ts'
import { type Catalogue, infoOf } from '../providers.ts'
import type { Status } from '../status-schema.ts'
import type { Component, PageIncident } from './schema.ts'

/** Our words in theirs. Pure. */

export interface PageRows {
  readonly status: Status
  readonly incidents: readonly ToldIncident[]
}

export interface About {
  readonly catalogue: Catalogue
  readonly origin: string
}

const pageId = 'llmstatus'

const indicators = {
  outage: 'critical',
  partial_outage: 'major',
  degraded: 'minor',
  slow: 'minor',
  throttled: 'none',
  unknown: 'none',
  maintenance: 'maintenance',
  operational: 'none',
} as const satisfies Record<State, string>

export const statusOf = ({ status: { overall } }: PageRows) => ({
  indicator: indicators[overall.state],
  description: overall.text,
})

/** The time at which it was read is no change: a reader asks again, and is told that nothing is new. */
export const pageOf = ({ status, incidents }: PageRows, { origin }: About) => ({
  id: pageId,
  name: 'LLM Status',
  url: origin,
  time_zone: 'Etc/UTC' as const,
  updated_at: timeOf(Math.max(0, ...status.providers.map(one => Date.parse(one.since)), ...incidents.map(lastToldMs))),
})

export const componentsOf = ({ status }: PageRows): readonly Component[] =>
  status.providers
    .toSorted((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1))
    .map((provider, index) => ({
      id: provider.id,
      name: provider.name,
      status: stateWords[provider.state].statuspage,
      created_at: provider.since,
      updated_at: provider.since,
      position: index + 1,
      description: noteOf(provider),
      showcase: true,
      start_date: null,
      group_id: null,
      page_id: pageId,
      group: false,
      only_show_if_degraded: false,
    }))

/** They have no word for what is not known, and call it operational: the note says what it is. */
const noteOf = ({ state, reason }: Status['providers'][number]): string | null => {
  if (state === 'operational') return null
  if (state === 'unknown' || state === 'throttled' || isFailing(state))
    return `${stateWords[state].word}: ${reasonWords(reason)}`
  return stateWords[state].word
}

export const incidentsOf = (rows: PageRows, { catalogue, origin }: About): readonly PageIncident[] => {
  const components = componentsOf(rows)
  return rows.incidents.map(incident => {
    const { id, openedMs, resolvedMs, events } = incident
    const opened = timeOf(openedMs)
    return {
      id,
      name: `${infoOf(catalogue, incident.provider).name}: ${stateWords[incident.state].word.toLowerCase()}`,
      status: resolvedMs === null ? lastWord(events) : 'resolved',
      created_at: opened,
      updated_at: timeOf(lastToldMs(incident)),
      monitoring_at: null,
      resolved_at: resolvedMs === null ? null : timeOf(resolvedMs),
      impact: incident.impact,
      shortlink: `${origin}/api/v1/incidents/${id}`,
      started_at: opened,
      page_id: pageId,
      incident_updates: events.toReversed().map(event => updateOf(id, event)),
      components: components.filter(component => component.id === incident.provider),
      reminder_intervals: null,
    }
  })
}

const words = {
  opened: 'investigating',
  reopened: 'investigating',
  impact: 'identified',
  scope: 'identified',
  state: 'identified',
  note: 'identified',
  eased: 'monitoring',
  resolved: 'resolved',
} as const satisfies Record<ToldEvent['kind'], PageIncident['status']>

const lastWord = (events: readonly ToldEvent[]): PageIncident['status'] => {
  const last = events.at(-1)
  return last === undefined ? 'investigating' : words[last.kind]
}

const updateOf = (incident: string, { n, kind, text, atMs }: ToldEvent): PageIncident['incident_updates'][number] => {
  const at = timeOf(atMs)
  return {
    id: `${incident}-${n}`,
    status: words[kind],
    body: text,
    incident_id: incident,
    created_at: at,
    updated_at: at,
    display_at: at,
    affected_components: null,
    deliver_notifications: true,
    custom_tweet: null,
    tweet_id: null,
  }
}

const timeOf = (ms: number): string => new Date(ms).toISOString()
