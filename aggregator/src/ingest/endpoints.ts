import { sql } from 'kysely'
import { insertRows } from '../db/insert-rows.ts'
import type { Queries } from '../db/store.ts'

export interface EndpointName {
  readonly provider: string
  readonly model: string | null
  readonly probe: string
}

/** No part of a name can hold a space. */
export const endpointKey = ({ provider, model, probe }: EndpointName): string => `${provider} ${model ?? ''} ${probe}`

const shape = {
  table: 'endpoint',
  columns: { provider: 'text', model: 'text', probe: 'text' },
  onConflict: sql`on conflict do nothing`,
} as const

/** The numbers of these endpoints, made where they are new; in one order, so that two transactions cannot cross. */
export const endpointIds = async (
  trx: Queries,
  names: readonly EndpointName[],
): Promise<ReadonlyMap<string, number>> => {
  const wanted = new Map(names.map(name => [endpointKey(name), name]))
  const found = await readIds(trx, [...wanted.values()])
  const missing = [...wanted].filter(([key]) => !found.has(key)).sort(([a], [b]) => (a < b ? -1 : 1))
  if (missing.length === 0) return found
  const rows = missing.map(([, { provider, model, probe }]) => ({ provider, model: model ?? '', probe }))
  await insertRows(trx, shape, { rows })
  const made = await readIds(
    trx,
    missing.map(([, name]) => name),
  )
  return new Map([...found, ...made])
}

const readIds = async (trx: Queries, names: readonly EndpointName[]): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await sql<{ id: number; provider: string; model: string; probe: string }>`
    select e.id, e.provider, e.model, e.probe
    from unnest(
      ${names.map(name => name.provider)}::text[],
      ${names.map(name => name.model ?? '')}::text[],
      ${names.map(name => name.probe)}::text[]
    ) as n(provider, model, probe)
    join endpoint e using (provider, model, probe)
  `.execute(trx)
  return new Map(rows.map(({ id, ...name }) => [endpointKey(name), id]))
}
