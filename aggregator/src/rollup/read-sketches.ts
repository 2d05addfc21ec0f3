import type { Sketch } from '@llmstatus/shared/sketch'
import { sql } from 'kysely'
import { arrayText } from '../db/array-text.ts'
import type { Queries } from '../db/store.ts'
import { type Level, levels } from './levels.ts'

/** One latency of one bucket. */
export interface SketchRow {
  readonly level: Level
  readonly endpoint: number
  readonly startMs: number
  readonly metric: string
  readonly sketch: Sketch
}
type Key = Omit<SketchRow, 'sketch'>

export const sketchKey = ({ level, endpoint, startMs, metric }: Key): string =>
  `${level.name} ${endpoint} ${startMs} ${metric}`

/** What is there under these keys, at all levels at once. */
export const readSketches = async (
  trx: Queries,
  prober: number,
  keys: readonly Key[],
): Promise<ReadonlyMap<string, Sketch>> => {
  const parts = levels.flatMap((level, n) => {
    const here = keys.filter(key => key.level === level)
    return here.length === 0 ? [] : [partOf(prober, { level, n, keys: here })]
  })
  if (parts.length === 0) return new Map()
  const { rows } = await sql<Sketch & { level: number; endpoint: number; start: Date; metric: string }>`
    ${sql.join(parts, sql` union all `)}`.execute(trx)
  return new Map(
    rows.map(({ level, endpoint, start, metric, ...sketch }) => [
      sketchKey({ level: levels[level] as Level, endpoint, startMs: start.getTime(), metric }),
      sketch,
    ]),
  )
}

/** The offset keeps the planner from joining the whole table: each key is one look into its primary key. */
const partOf = (
  prober: number,
  of: { readonly level: Level; readonly n: number; readonly keys: readonly Key[] },
) => sql`
  select ${sql.lit(of.n)}::int as level, k.endpoint, k.start, k.metric, s.scale, s.i, s.c, s.n, s.sum, s.min, s.max
  from unnest(
    ${arrayText(of.keys.map(key => key.endpoint))}::int[],
    ${arrayText(of.keys.map(key => new Date(key.startMs).toISOString()))}::timestamptz[],
    ${arrayText(of.keys.map(key => key.metric))}::text[]
  ) as k(endpoint, start, metric)
  cross join lateral (
    select * from ${sql.table(of.level.sketches)} s
    where s.prober = ${prober} and s.endpoint = k.endpoint and s.start = k.start and s.metric = k.metric
    offset 0
  ) s`
