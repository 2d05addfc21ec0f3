import { arrayText, type Cell } from '../aggregator/src/db/array-text.ts'
import type { Store } from '../aggregator/src/db/store.ts'
import { wallMs } from './measure.ts'

/**
 * What the store could take if nothing had to be proved: the very rows that ingest wrote, written again into the same
 * table with the same indexes, as many at once as a batch has, by one `insert … select unnest` a commit, on one connection.
 */
export interface RawInsert {
  readonly rows: number
  readonly perS: readonly number[]
}

interface Column {
  readonly name: string
  readonly type: string
}

export const rawInsertRate = async (
  store: Store,
  how: { readonly batch: number; readonly batches: number; readonly runs: number },
): Promise<RawInsert> => {
  const columns = await readColumns(store)
  const batches = await readBatches(store, columns, how)
  const insert = insertText(columns)
  const rows = batches.reduce((sum, batch) => sum + (batch[0]?.length ?? 0), 0)
  const perS: number[] = []
  // the first round warms, as the batches before the measured ones do
  for (let run = 0; run <= how.runs; run++) {
    await store.transact(session => session.exec('truncate result'))
    const startMs = wallMs()
    for (const batch of batches)
      await store.transact(async session => void (await session.query(insert, batch.map(arrayText))))
    if (run > 0) perS.push((rows * 1000) / (wallMs() - startMs))
  }
  return { rows, perS }
}

const readColumns = (store: Store): Promise<readonly Column[]> =>
  store.transact(session =>
    session.query<Column>(`
      select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
      where attrelid = 'result'::regclass and attnum > 0 and not attisdropped and attgenerated = '' and attidentity = ''
      order by attnum`),
  )

/** These come as themselves; all else goes back as the text it is. */
const plain = /^(boolean|integer|smallint|real|double precision)$/

/** One array a column, made before the clock starts. */
const readBatches = async (
  store: Store,
  columns: readonly Column[],
  { batch, batches }: { readonly batch: number; readonly batches: number },
): Promise<readonly (readonly (readonly Cell[])[])[]> => {
  const selected = columns.map(({ name, type }) => (plain.test(type) ? `"${name}"` : `"${name}"::text as "${name}"`))
  const rows = await store.transact(session =>
    session.query<Record<string, Cell>>(`select ${selected.join(', ')} from result limit ${batch * batches}`),
  )
  return Array.from({ length: Math.floor(rows.length / batch) }, (_, n) => {
    const some = rows.slice(n * batch, (n + 1) * batch)
    return columns.map(({ name }) => some.map(row => row[name] ?? null))
  })
}

const insertText = (columns: readonly Column[]): string => {
  const names = columns.map(({ name }) => `"${name}"`).join(', ')
  const arrays = columns.map(({ type }, at) => `$${at + 1}::${type}[]`).join(', ')
  return `insert into result (${names}) select * from unnest(${arrays})`
}
