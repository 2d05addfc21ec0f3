import type { Generated, JSONColumnType } from 'kysely'

/** The tables of what was judged, and of who may. The others, and how all of them are checked: schema.ts. */

export interface VoteTable {
  endpoint: number
  prober: number
  state: string
  reason: string
  blame: string | null
  since: Date
  evidence: JSONColumnType<Record<string, unknown>>
  judged_at: Date
}

export interface VerdictTable {
  endpoint: number
  state: string
  reason: string
  blame: string | null
  confidence: string
  voters: number
  agree: number
  since: Date
  judged_at: Date
}

export interface IncidentTable {
  id: string
  provider: string
  state: string
  impact: 'minor' | 'major' | 'critical'
  impact_now: 'minor' | 'major' | 'critical'
  eased_at: Date | null
  measured: JSONColumnType<Record<string, unknown>> | null
  reason: string
  opened_at: Date
  resolved_at: Date | null
  clean_windows: Generated<number>
  clean_at: Date | null
  scope: JSONColumnType<{ model: string; probe: string }[]>
}

export interface IncidentEventTable {
  incident: string
  n: number
  at: Date
  kind: 'opened' | 'impact' | 'eased' | 'scope' | 'state' | 'resolved' | 'reopened' | 'note'
  text: string
  evidence: JSONColumnType<Record<string, unknown>> | null
}

export interface LeaseTable {
  name: string
  holder: string
  fence: number
  until: Date
}

export interface NoticeTable {
  id: string
  kind: string
  prober: number
  provider: string
  model: string
  probe: string
  first_seen: Date
  last_seen: Date
  cleared_at: Date | null
  details: JSONColumnType<Record<string, unknown>>
}
