import { mergeSketches, quantile, type Sketch } from '@llmstatus/shared/sketch'
import { mainOf, measuredShare, rounded } from '../share.ts'
import type { BucketRow, SketchedRow } from './queries.ts'
import type { Metric, Point } from './schema.ts'
import type { Grid } from './windows.ts'

/** A history from its buckets. Pure. Nobody averages a percentile: histograms are merged, step by step, over all vantages. */

export interface HistoryRows {
  readonly buckets: readonly BucketRow[]
  readonly sketches: readonly SketchedRow[]
}

export type Value = Omit<Point, 'at'>

export const historyOf = (
  rows: HistoryRows,
  grid: Grid,
  metric: Metric,
): { readonly points: readonly Point[]; readonly total: Value } => {
  // what costs is everything; what an uptime or a latency is about are the endpoints that decide
  const chosen = metric === 'cost' ? rows : decisive(rows)
  const buckets = Map.groupBy(chosen.buckets, row => row.startMs)
  const sketches = Map.groupBy(chosen.sketches, row => row.startMs)
  const points = grid.starts.map(startMs => ({
    at: new Date(startMs).toISOString(),
    ...measured({ buckets: buckets.get(startMs) ?? [], sketches: sketches.get(startMs) ?? [] }, metric),
  }))
  return { points, total: measured(chosen, metric) }
}

/** One kind for the whole window: a step in which chat was not measured is not filled with reachability. */
const decisive = ({ buckets, sketches }: HistoryRows): HistoryRows => {
  const types = new Set(mainOf([...buckets, ...sketches]).map(row => row.type))
  return { buckets: buckets.filter(row => types.has(row.type)), sketches: sketches.filter(row => types.has(row.type)) }
}

const measured = ({ buckets, sketches }: HistoryRows, metric: Metric): Value => {
  const { uptime, coverage } = measuredShare(buckets)
  const countable = buckets.reduce((sum, row) => sum + row.ok + row.failed, 0)
  const plain = (value: number | null, n: number): Value => ({ value, p50: null, p95: null, p99: null, n, coverage })
  if (metric === 'uptime') return plain(uptime, countable)
  if (metric === 'errors') return plain(uptime === null ? null : rounded(1 - uptime), countable)
  if (metric === 'cost') return plain(buckets.length === 0 ? null : costOf(buckets), countable)
  return { ...quantilesOf(mergeSketches(sketches)), coverage }
}

const costOf = (buckets: readonly BucketRow[]): number => nano(buckets.reduce((sum, row) => sum + row.cost_usd, 0))
const nano = (usd: number): number => Math.round(usd * 1e9) / 1e9

const quantilesOf = (sketch: Sketch): Omit<Value, 'coverage'> => {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map(q => tenths(quantile(sketch, q)))
  return { value: p50 ?? null, p50: p50 ?? null, p95: p95 ?? null, p99: p99 ?? null, n: sketch.n }
}

export const tenths = (value: number | null): number | null => (value === null ? null : Math.round(value * 10) / 10)
