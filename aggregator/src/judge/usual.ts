import { mergeSketches, quantile, type Sketch } from '@llmstatus/shared/sketch'
import { type Usual, usualHourStarts, usualPlaceOf } from '@llmstatus/shared/threshold'
import { sql } from 'kysely'
import { arrayText } from '../db/array-text.ts'
import type { Queries } from '../db/store.ts'
import type { StoredSeries } from './read-series.ts'

/**
 * What is usual for each endpoint and vantage at this time of day: the 95th of a hundred of its planned results that were
 * ok, in the same three hours of the days before (shared/threshold.ts says which, for the prober and for us).
 *
 * One statement for all that are asked for and not known; what was read is good until the three hours are over, or for
 * ten minutes. So most judgements read nothing here.
 */
export interface UsualReader {
  readonly of: (series: readonly Place[], nowMs: number) => Promise<ReadonlyMap<string, Usual>>
}

type Place = Pick<StoredSeries, 'endpoint' | 'prober' | 'type'>

interface Known {
  readonly readMs: number
  readonly usual: Usual | null
}

const goodForMs = 600_000

export const usualKey = ({ endpoint, prober }: Pick<Place, 'endpoint' | 'prober'>): string => `${endpoint} ${prober}`

export const createUsualReader = (db: Queries): UsualReader => {
  const known = new Map<string, Known>()
  const isGood = (place: Place, nowMs: number): boolean => {
    const readMs = known.get(usualKey(place))?.readMs ?? Number.NEGATIVE_INFINITY
    const isSameHours = usualPlaceOf(readMs).block === usualPlaceOf(nowMs).block
    return isSameHours && nowMs - readMs < goodForMs && readMs <= nowMs
  }
  return {
    of: async (series, nowMs) => {
      const asked = series.filter(place => metricOf(place) !== null)
      const missing = asked.filter(place => !isGood(place, nowMs))
      if (missing.length > 0) {
        const read = await readUsual(db, missing, nowMs)
        for (const place of missing) {
          const key = usualKey(place)
          known.set(key, { readMs: nowMs, usual: read.get(key) ?? null })
        }
      }
      return new Map(
        asked.flatMap(place => {
          const key = usualKey(place)
          const usual = known.get(key)?.usual ?? null
          return usual === null ? [] : [[key, usual] as const]
        }),
      )
    },
  }
}

/** As the prober's own: the first token of a chat, the whole of everything else. */
const metricOf = ({ type }: Place): 'first_token' | 'total' | null =>
  type === 'reference' || type === 'control' ? null : type === 'chat' ? 'first_token' : 'total'

type Row = Sketch & { endpoint: number; prober: number }

/** Without a cache, for whoever judges another time than now. */
export const readUsual = async (
  db: Queries,
  places: readonly Place[],
  nowMs: number,
): Promise<ReadonlyMap<string, Usual>> => {
  const starts = usualHourStarts(nowMs).map(ms => new Date(ms).toISOString())
  const { rows } = await sql<Row>`
    select k.endpoint, k.prober, s.scale, s.i, s.c, s.n, s.sum, s.min, s.max
    from unnest(
      ${arrayText(places.map(place => place.endpoint))}::int[],
      ${arrayText(places.map(place => place.prober))}::int[],
      ${arrayText(places.map(metricOf))}::text[]
    ) as k(endpoint, prober, metric)
    cross join lateral (
      select * from sketch_hour s
      where s.prober = k.prober and s.endpoint = k.endpoint and s.metric = k.metric
        and s.start = any(${arrayText(starts)}::timestamptz[])
      offset 0
    ) s`.execute(db)
  return new Map([...Map.groupBy(rows, usualKey)].flatMap(([key, sketches]) => pairOf(key, mergeSketches(sketches))))
}

const pairOf = (key: string, sketch: Sketch): readonly (readonly [string, Usual])[] => {
  const p95Ms = quantile(sketch, 0.95)
  return p95Ms === null ? [] : [[key, { p95Ms, n: sketch.n }]]
}
