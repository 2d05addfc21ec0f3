import { mergeSketches, type Sketch } from '@llmstatus/shared/sketch'
import { sql } from 'kysely'
import { insertRows } from '../db/insert-rows.ts'
import type { Queries } from '../db/store.ts'
import type { Bucket } from './accumulate.ts'
import { type Counts, noCounts } from './counts.ts'
import type { Level } from './levels.ts'

/**
 * Adds buckets to what is there. The caller holds the prober's row, and `prober` stands in every key here: so nobody else
 * writes these rows, and a histogram may be read, merged and written back.
 */
export const storeBuckets = async (
  trx: Queries,
  place: { readonly prober: number; readonly level: Level },
  buckets: readonly Bucket[],
): Promise<void> => {
  await addCounts(trx, place, buckets)
  await addSketches(trx, place, buckets)
}

type Place = Parameters<typeof storeBuckets>[1]

const bigints = Object.keys(noCounts()).filter(name => name !== 'cost_usd')

const addCounts = async (trx: Queries, { prober, level }: Place, buckets: readonly Bucket[]): Promise<void> => {
  const names = Object.keys(noCounts()) as (keyof Counts)[]
  const table = sql.table(level.counts)
  const added = names.map(name => sql`${sql.id(name)} = ${table}.${sql.id(name)} + excluded.${sql.id(name)}`)
  const shape = {
    table: level.counts,
    columns: {
      prober: 'int',
      endpoint: 'int',
      start: 'timestamptz',
      ...Object.fromEntries(bigints.map(name => [name, 'bigint'])),
      cost_usd: 'float8',
    },
    onConflict: sql`on conflict (prober, endpoint, start) do update set ${sql.join(added)}`,
  }
  const rows = buckets.map(({ endpoint, startMs, counts }) => ({
    prober,
    endpoint,
    start: new Date(startMs).toISOString(),
    ...counts,
  }))
  await insertRows(trx, shape, { rows })
}

interface SketchKey {
  readonly endpoint: number
  readonly startMs: number
  readonly metric: string
}

const addSketches = async (trx: Queries, place: Place, buckets: readonly Bucket[]): Promise<void> => {
  const fresh = buckets.flatMap(({ endpoint, startMs, sketches }) =>
    [...sketches].map(([metric, sketch]) => ({ endpoint, startMs, metric, sketch })),
  )
  if (fresh.length === 0) return
  const stored = await readSketches(trx, place, fresh)
  const merged = fresh.map(({ sketch, ...key }) => {
    const there = stored.get(keyText(key))
    return { ...key, sketch: there === undefined ? sketch : mergeSketches([there, sketch]) }
  })
  await writeSketches(trx, place, merged)
}

const keyText = (key: SketchKey): string => `${key.endpoint} ${key.startMs} ${key.metric}`

const readSketches = async (
  trx: Queries,
  { prober, level }: Place,
  keys: readonly SketchKey[],
): Promise<ReadonlyMap<string, Sketch>> => {
  const { rows } = await sql<Sketch & { endpoint: number; start: Date; metric: string }>`
    select s.endpoint, s.start, s.metric, s.scale, s.i, s.c, s.n, s.sum, s.min, s.max
    from unnest(
      ${keys.map(key => key.endpoint)}::int[],
      ${keys.map(key => new Date(key.startMs).toISOString())}::timestamptz[],
      ${keys.map(key => key.metric)}::text[]
    ) as k(endpoint, start, metric)
    join ${sql.table(level.sketches)} s
      on s.prober = ${prober} and s.endpoint = k.endpoint and s.start = k.start and s.metric = k.metric
  `.execute(trx)
  return new Map(
    rows.map(({ endpoint, start, metric, ...sketch }) => [
      keyText({ endpoint, startMs: start.getTime(), metric }),
      sketch,
    ]),
  )
}

/** As JSON, because the buckets of a histogram are an array in each row, and unnest would flatten them. */
const writeSketches = async (
  trx: Queries,
  { prober, level }: Place,
  rows: readonly (SketchKey & { readonly sketch: Sketch })[],
): Promise<void> => {
  const json = rows.map(({ endpoint, startMs, metric, sketch }) => ({
    endpoint,
    start: new Date(startMs).toISOString(),
    metric,
    ...sketch,
  }))
  await sql`
    insert into ${sql.table(level.sketches)} (prober, endpoint, start, metric, scale, i, c, n, sum, min, max)
    select ${prober}::int, r.*
    from jsonb_to_recordset(${JSON.stringify(json)}::jsonb) as r(
      endpoint int, start timestamptz, metric text, scale smallint, i smallint[], c int[], n int,
      sum float8, min float8, max float8
    )
    on conflict (prober, endpoint, start, metric) do update set
      scale = excluded.scale, i = excluded.i, c = excluded.c, n = excluded.n,
      sum = excluded.sum, min = excluded.min, max = excluded.max
  `.execute(trx)
}
