import { mergeSketches, quantile, type Sketch } from '@llmstatus/shared/sketch'
import { rounded } from '../share.ts'
import type { HistogramRow, SeriesRow } from './queries.ts'
import type { BenchmarkRow, Quantiles } from './schema.ts'

/** How fast and how dear each model was, from where. Pure; histograms are merged, and percentiles read from the sum. */

export const benchmarksOf = (
  series: readonly SeriesRow[],
  histograms: readonly HistogramRow[],
): readonly BenchmarkRow[] => {
  const bySeries = Map.groupBy(histograms, row => keyOf(row, row.metric))
  return series.map(row => {
    const merged = (metric: string): Sketch => mergeSketches(bySeries.get(keyOf(row, metric)) ?? [])
    const { provider, model, probe, vantage, region, planned, countable, tokens_out, cost_usd } = row
    return {
      id: `${provider}/${model}`,
      provider,
      model,
      probe,
      vantage,
      region,
      ttft_ms: quantilesOf(merged('first_token')),
      total_ms: quantilesOf(merged('total')),
      ms_per_output_token: inverted(merged('tokens_per_s')),
      usd_per_1k_output_tokens: tokens_out === 0 || cost_usd === 0 ? null : rounded((cost_usd / tokens_out) * 1000),
      coverage: planned === 0 ? null : rounded(countable / planned),
    }
  })
}

const keyOf = ({ endpoint, prober }: Pick<SeriesRow, 'endpoint' | 'prober'>, metric: string): string =>
  `${endpoint} ${prober} ${metric}`

const quantilesOf = (sketch: Sketch): Quantiles => {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map(q => places(quantile(sketch, q), 1))
  return { p50: p50 ?? null, p95: p95 ?? null, p99: p99 ?? null, n: sketch.n }
}

/** The slowest twentieth of rates is the longest twentieth of times. */
const inverted = (rates: Sketch): Quantiles => {
  const [p50, p95, p99] = [0.5, 0.05, 0.01].map(q => {
    const rate = quantile(rates, q)
    return rate === null ? null : places(1000 / rate, 2)
  })
  return { p50: p50 ?? null, p95: p95 ?? null, p99: p99 ?? null, n: rates.n }
}

const places = (value: number | null, digits: number): number | null =>
  value === null ? null : Math.round(value * 10 ** digits) / 10 ** digits
