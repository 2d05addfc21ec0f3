import type { Outcome } from '@llmstatus/shared/outcome'
import type { ResultLine } from '@llmstatus/shared/result'
import { type RawBuilder, sql } from 'kysely'
import type { ResultTable } from '../../db/schema.ts'
import type { Queries } from '../../db/store.ts'
import type { Place } from './cursor.ts'

/**
 * One page of raw results, newest first: one statement. Each series gives its newest from its own index, and the page is the
 * newest of these: so it costs what there are series, and not what there are results.
 */
export interface Filter {
  readonly provider?: string | undefined
  readonly model?: string | undefined
  readonly probe?: string | undefined
  readonly vantage?: string | undefined
  readonly outcome?: Outcome | undefined
  readonly why?: ResultLine['why'] | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

export type ResultRow = Omit<ResultTable, 'reported_model'> & {
  readonly vantage: string
  readonly provider: string
  readonly model: string
  readonly probe: string
  readonly digest: string
  readonly dialect: string | null
  readonly model_reported: string | null
}

interface PageAsked {
  readonly after: Place | null
  readonly limit: number
}

export const readResults = async (
  db: Queries,
  filter: Filter,
  { after, limit }: PageAsked,
): Promise<readonly ResultRow[]> => {
  const { provider, model, probe, vantage, outcome, why, from, to } = filter
  const series = all([
    provider === undefined ? null : sql`e.provider = ${provider}`,
    model === undefined ? null : sql`e.model = ${model}`,
    probe === undefined ? null : sql`e.probe = ${probe}`,
    vantage === undefined ? null : sql`p.name = ${vantage}`,
  ])
  const rows = all([
    from === undefined ? null : sql`r.slot >= ${new Date(from)}`,
    to === undefined ? null : sql`r.slot < ${new Date(to)}`,
    outcome === undefined ? null : sql`r.outcome = ${outcome}`,
    why === undefined ? null : sql`r.why = ${why}`,
    after === null ? null : behind(after),
  ])
  const page = await sql<ResultRow>`
    select r.*, s.vantage, s.provider, s.model, s.probe, d.digest, d.dialect, m.name as model_reported
    from (
      select r.* from (
        select distinct d.prober, d.endpoint from definition d
        join prober p on p.num = d.prober
        join endpoint e on e.id = d.endpoint
        where ${series}
      ) s
      cross join lateral (
        select * from result r
        where r.endpoint = s.endpoint and r.prober = s.prober and ${rows}
        order by r.slot desc, r.id desc limit ${limit}
      ) r
      order by r.slot desc, r.id desc, r.endpoint desc, r.prober desc limit ${limit}
    ) r
    join lateral (
      select p.name as vantage, e.provider, e.model, e.probe from prober p, endpoint e
      where p.num = r.prober and e.id = r.endpoint
    ) s on true
    join definition d on d.id = r.definition
    left join reported_model m on m.id = r.reported_model
    order by r.slot desc, r.id desc, r.endpoint desc, r.prober desc`.execute(db)
  return page.rows
}

const all = (parts: readonly (RawBuilder<unknown> | null)[]): RawBuilder<unknown> => {
  const asked = parts.filter(part => part !== null)
  return asked.length === 0 ? sql`true` : sql.join(asked, sql` and `)
}

const behind = ({ slotMs, id, endpoint, prober }: Place): RawBuilder<unknown> =>
  sql`(r.slot, r.id, r.endpoint, r.prober) < (${new Date(slotMs)}, ${id}::uuid, ${endpoint}::int, ${prober}::int)`
