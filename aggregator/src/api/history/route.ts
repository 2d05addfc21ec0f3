import { z } from 'zod'
import type { Queries } from '../../db/store.ts'
import type { MetricName } from '../../rollup/metrics.ts'
import type { Catalogue } from '../providers.ts'
import { found, notFound, type Route } from '../route.ts'
import { historyOf } from './history.ts'
import { readBuckets, readHistograms } from './queries.ts'
import { type Metric, metrics, units } from './schema.ts'
import { gridOf, windows } from './windows.ts'

const Path = z.strictObject({ id: z.string().min(1).max(64) })
const Query = z.strictObject({
  window: z.enum(windows).default('24h'),
  metric: z.enum(metrics).default('uptime'),
  model: z.string().min(1).max(128).optional().describe("Only this model, by the provider's own id"),
})

const histograms: Readonly<Partial<Record<Metric, MetricName>>> = {
  ttft: 'first_token',
  total: 'total',
  tps: 'tokens_per_s',
}

export interface HistoryDeps {
  readonly db: Queries
  readonly clock: { readonly nowMs: () => number }
  readonly providers: Catalogue
}

export const historyRoute = ({ db, clock, providers }: HistoryDeps): Route => ({
  method: 'GET',
  path: '/api/v1/providers/{id}/history',
  access: 'public',
  keptS: 30,
  tag: 'providers',
  summary: 'How a provider was, step by step, with the coverage beside each step',
  inPath: Path,
  inQuery: Query,
  answers: { 200: { description: 'The history', schema: 'History' } },
  problems: ['bad_request', 'not_found', 'unavailable'],
  example: '/api/v1/providers/openai/history?window=30d&metric=ttft',
  answer: async asked => {
    const { id: provider } = asked.path as z.infer<typeof Path>
    const { window, metric, model = null } = asked.query as z.infer<typeof Query>
    const nowMs = clock.nowMs()
    const grid = gridOf(window, nowMs)
    const fromMs = grid.starts[0] ?? nowMs
    const since = { level: grid.level, sinceMs: fromMs }
    const histogram = histograms[metric]
    const buckets = await readBuckets(db, { provider, model }, since)
    const sketches =
      histogram === undefined ? [] : await readHistograms(db, { provider, model }, { ...since, metric: histogram })
    if (buckets.length === 0 && !providers.has(provider) && !(await isMeasured(db, provider))) return notFound
    const { points, total } = historyOf({ buckets, sketches }, grid, metric)
    return found({
      as_of: new Date(nowMs).toISOString(),
      provider,
      model,
      window,
      metric,
      unit: units[metric],
      step_s: grid.level.stepMs / 1000,
      from: new Date(fromMs).toISOString(),
      to: new Date(fromMs + grid.starts.length * grid.level.stepMs).toISOString(),
      total,
      points,
    })
  },
})

const isMeasured = async (db: Queries, provider: string): Promise<boolean> =>
  (await db.selectFrom('endpoint').select('id').where('provider', '=', provider).limit(1).execute()).length > 0
