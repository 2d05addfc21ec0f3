import { mergeSketches } from '@llmstatus/shared/sketch'
import { type RawBuilder, sql } from 'kysely'
import { arrayText, type Cell } from '../db/array-text.ts'
import { insertOf } from '../db/insert-rows.ts'
import type { Queries } from '../db/store.ts'
import { accumulate, type Bucket, type Rolled } from './accumulate.ts'
import { type Counts, noCounts } from './counts.ts'
import { type Level, levels } from './levels.ts'
import { readSketches, type SketchRow, sketchKey } from './read-sketches.ts'

/**
 * Adds results and skips to every level. The caller holds the prober's row, and `prober` stands in every key here: so
 * nobody else writes these rows, and a histogram may be read, merged and written back.
 *
 * Two statements, whatever the number of levels: one reads the histograms that are there, one writes everything.
 */
export const rollUp = async (
  trx: Queries,
  { prober, nowMs }: { readonly prober: number; readonly nowMs: number },
  rolled: Rolled,
): Promise<void> => {
  const all = levels.flatMap(level => accumulate(rolled, level, nowMs).map(bucket => ({ ...bucket, level })))
  for (let at = 0; at < all.length; at += most) await addBuckets(trx, prober, all.slice(at, at + most))
}

interface LevelBucket extends Bucket {
  readonly level: Level
}

/** In one go: a prober that was away for a month has some hundred thousand of them to tell. */
const most = 10_000

const addBuckets = async (trx: Queries, prober: number, all: readonly LevelBucket[]): Promise<void> => {
  const stored = await readSketches(trx, prober, all.flatMap(sketchesOf))
  const parts = levels.flatMap(level => {
    const buckets = all.filter(one => one.level === level)
    const sketches = buckets.flatMap(sketchesOf).map(row => {
      const there = stored.get(sketchKey(row))
      return there === undefined ? row : { ...row, sketch: mergeSketches([there, row.sketch]) }
    })
    return [
      ...(buckets.length === 0 ? [] : [addCounts({ prober, level }, buckets)]),
      ...(sketches.length === 0 ? [] : [writeSketches({ prober, level }, sketches)]),
    ]
  })
  const named = parts.map((part, n) => sql`${sql.id(`part_${n}`)} as (${part})`)
  await sql`with ${sql.join(named)} select`.execute(trx)
}

const sketchesOf = ({ level, endpoint, startMs, sketches }: LevelBucket): readonly SketchRow[] =>
  [...sketches].map(([metric, sketch]) => ({ level, endpoint, startMs, metric, sketch }))

interface Place {
  readonly prober: number
  readonly level: Level
}

const bigints = Object.keys(noCounts()).filter(name => name !== 'cost_usd')

const addCounts = ({ prober, level }: Place, buckets: readonly Bucket[]): RawBuilder<unknown> => {
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
  return insertOf(shape, { rows })
}

/** The buckets of a histogram are an array in each row, and unnest would flatten them: so they travel as text. */
const writeSketches = ({ prober, level }: Place, rows: readonly SketchRow[]): RawBuilder<unknown> => {
  const column = (type: string, of: (row: SketchRow) => Cell) => sql`${arrayText(rows.map(of))}::${sql.raw(type)}[]`
  return sql`
    insert into ${sql.table(level.sketches)} (prober, endpoint, start, metric, scale, i, c, n, sum, min, max)
    select ${prober}::int, r.endpoint, r.start, r.metric, r.scale, r.i::smallint[], r.c::int[], r.n, r.sum, r.min, r.max
    from unnest(
      ${column('int', row => row.endpoint)},
      ${column('timestamptz', row => new Date(row.startMs).toISOString())},
      ${column('text', row => row.metric)},
      ${column('smallint', row => row.sketch.scale)},
      ${column('text', row => arrayText(row.sketch.i))},
      ${column('text', row => arrayText(row.sketch.c))},
      ${column('int', row => row.sketch.n)},
      ${column('float8', row => row.sketch.sum)},
      ${column('float8', row => row.sketch.min)},
      ${column('float8', row => row.sketch.max)}
    ) as r(endpoint, start, metric, scale, i, c, n, sum, min, max)
    on conflict (prober, endpoint, start, metric) do update set
      scale = excluded.scale, i = excluded.i, c = excluded.c, n = excluded.n,
      sum = excluded.sum, min = excluded.min, max = excluded.max`
}
