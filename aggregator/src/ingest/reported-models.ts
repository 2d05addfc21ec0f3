import type { ResultLine } from '@llmstatus/shared/result'
import { sql } from 'kysely'
import { dayOf } from '../db/days.ts'
import { insertRows } from '../db/insert-rows.ts'
import type { Queries } from '../db/store.ts'

/**
 * What providers called their models → the numbers that results carry. Each prober has names of its own, so two of them
 * never wait for each other here. `seen` moves once a day, and tells retention which names nobody needs any more.
 */
export const reportedModels = async (
  trx: Queries,
  of: { readonly prober: number; readonly results: readonly ResultLine[]; readonly nowMs: number },
): Promise<ReadonlyMap<string, number>> => {
  const { prober, results, nowMs } = of
  const names = [...new Set(results.flatMap(line => line.model_reported ?? []))]
  if (names.length === 0) return new Map()
  const seen = dayOf(nowMs)
  const stored = await readModels(trx, prober, names)
  const fresh = new Set(stored.filter(row => row.seen >= seen).map(row => row.name))
  const rows = names.filter(name => !fresh.has(name)).map(name => ({ prober, name, seen }))
  const touched = await insertRows<typeof shape, Model>(trx, shape, { rows, returning: sql`id, name` })
  return new Map([...stored, ...touched].map(({ id, name }) => [name, id]))
}

interface Model {
  readonly id: number
  readonly name: string
}

const shape = {
  table: 'reported_model',
  columns: { prober: 'int', name: 'text', seen: 'date' },
  onConflict: sql`on conflict (prober, name) do update set seen = excluded.seen`,
} as const

const readModels = (
  trx: Queries,
  prober: number,
  names: readonly string[],
): Promise<readonly (Model & { readonly seen: string })[]> =>
  trx
    .selectFrom('reported_model')
    .select(['id', 'name', 'seen'])
    .where('prober', '=', prober)
    .where('name', 'in', names)
    .execute()
