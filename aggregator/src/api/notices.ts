import { sql } from 'kysely'
import { z } from 'zod'
import type { Queries } from '../db/store.ts'
import { kindNames, kinds } from '../notice/kinds.ts'
import type { Details } from '../notice/notice.ts'
import { noticeSentence } from '../notice/sentence.ts'
import { Limit } from './limit.ts'
import type { Notice } from './notice-schema.ts'
import { type Catalogue, infoOf } from './providers.ts'
import { found, type Route } from './route.ts'

/** Notices: what somebody should know that is no incident. For whoever administers, not for the public. */

const ListQuery = z.strictObject({
  state: z.enum(['open', 'cleared', 'all']).default('open').describe('Those that stand, or those that are over'),
  limit: Limit.default(100),
})

interface Row {
  id: string
  kind: Notice['kind']
  prober_id: string | null
  prober_name: string | null
  provider: string
  model: string
  probe: string
  first_seen: Date
  last_seen: Date
  cleared_at: Date | null
  details: Details
}

const which = {
  open: sql`n.cleared_at is null`,
  cleared: sql`n.cleared_at is not null`,
  all: sql`true`,
}

/** Severities in the order of the closed list: the order in which somebody should read them. */
const listNotices = async (db: Queries, { state, limit }: z.infer<typeof ListQuery>): Promise<readonly Row[]> => {
  const urgent = kindNames.filter(kind => kinds[kind].severity === 'urgent')
  const warning = kindNames.filter(kind => kinds[kind].severity === 'warning')
  const { rows } = await sql<Row>`
    select n.id, n.kind, p.id as prober_id, p.name as prober_name, n.provider, n.model, n.probe, n.first_seen, n.last_seen,
      n.cleared_at, n.details
    from notice n left join prober p on p.num = n.prober
    where ${which[state]} and n.kind = any(${kindNames})
    order by n.cleared_at is not null, n.kind = any(${urgent}) desc, n.kind = any(${warning}) desc, n.first_seen desc, n.id
    limit ${limit}`.execute(db)
  return rows
}

export const noticesRoute = ({ db, providers }: { readonly db: Queries; readonly providers: Catalogue }): Route => ({
  method: 'GET',
  path: '/api/v1/notices',
  access: 'read',
  tag: 'administration',
  summary: 'What somebody should know that is no incident: keys, quotas, models, vantages, clocks',
  inQuery: ListQuery,
  answers: { 200: { description: 'The notices asked for', schema: 'NoticeList' } },
  problems: ['bad_request', 'unavailable'],
  answer: async ({ query }) => {
    const rows = await listNotices(db, query as z.infer<typeof ListQuery>)
    return found({ notices: rows.map(row => noticeOf(row, providers)) })
  },
})

const noticeOf = (row: Row, providers: Catalogue): Notice => {
  const { severity, blame, todo } = kinds[row.kind]
  const provider = row.provider === '' ? null : infoOf(providers, row.provider).name
  const names = {
    vantage: row.prober_name ?? 'a prober that is gone',
    provider: provider ?? 'the provider',
    model: row.model,
    probe: row.probe,
  }
  return {
    id: row.id,
    kind: row.kind,
    severity,
    blame,
    prober: row.prober_id === null ? null : { id: row.prober_id, name: row.prober_name ?? '' },
    provider: row.provider || null,
    provider_name: provider,
    model: row.model || null,
    probe: row.probe || null,
    text: noticeSentence(row.kind, names, row.details),
    todo,
    first_seen: row.first_seen.toISOString(),
    last_seen: row.last_seen.toISOString(),
    cleared_at: row.cleared_at?.toISOString() ?? null,
    details: row.details,
  }
}
